"""Trust and permission policies as JSON documents, and the policies AWS keeps by name."""

import json

POLICY_VERSION = "2012-10-17"

# AWS managed policies of the node role. The CNI's stands here and not in a Pod Identity association: on a new node the
# CNI must give addresses before the identity agent answers, and take its interfaces down after everything else.
NODE_POLICIES = (
    "AmazonEKSWorkerNodePolicy",
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonEKS_CNI_Policy",
    "AmazonSSMManagedInstanceCore",
)
# What EKS needs of the control plane's role with nodes of managed groups.
CLUSTER_POLICIES = ("AmazonEKSClusterPolicy",)
EBS_CSI_POLICY = "service-role/AmazonEBSCSIDriverPolicy"

# Audience of the tokens that service accounts show to STS (IRSA).
STS_AUDIENCE = "sts.amazonaws.com"


def assumed_by(service: str) -> str:
    """Trust policy of a role that the AWS service ``service`` assumes."""
    return _document(
        {
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sts:AssumeRole",
        }
    )


def write_flow_logs(log_group_arn: str) -> str:
    """What VPC flow logs need to fill one existing log group.

    The list of docs.aws.amazon.com/vpc, "IAM role for publishing flow logs", without ``logs:CreateLogGroup``: with it
    the service would create the group again, without retention, after a destroy.
    """
    return _document(
        {
            "Effect": "Allow",
            "Action": [
                "logs:CreateLogStream",
                "logs:DescribeLogGroups",
                "logs:DescribeLogStreams",
                "logs:PutLogEvents",
            ],
            "Resource": [log_group_arn, f"{log_group_arn}:*"],
        }
    )


def pod_identity_trust() -> str:
    """Trust policy of a role that pods assume through EKS Pod Identity, which tags every session."""
    return _document(
        {
            "Effect": "Allow",
            "Principal": {"Service": "pods.eks.amazonaws.com"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
        }
    )


def target_registration() -> str:
    """What the load balancer controller needs to register pods in target groups that somebody else made.

    Neither load balancers nor security groups are in it: those are resources of the stack, and stay as planned.
    """
    return _document(
        {
            "Effect": "Allow",
            "Action": [
                "ec2:DescribeInstances",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeVpcs",
                "elasticloadbalancing:DeregisterTargets",
                "elasticloadbalancing:DescribeTargetGroups",
                "elasticloadbalancing:DescribeTargetHealth",
                "elasticloadbalancing:ModifyTargetGroup",
                "elasticloadbalancing:ModifyTargetGroupAttributes",
                "elasticloadbalancing:RegisterTargets",
            ],
            "Resource": "*",
        }
    )


def managed_policy(name: str, region: str) -> str:
    """ARN of an AWS managed policy, in the partition of the region."""
    return f"arn:{partition(region)}:iam::aws:policy/{name}"


def partition(region: str) -> str:
    """First part of every ARN of the region."""
    for prefix, found in {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}.items():
        if region.startswith(prefix):
            return found
    return "aws"


def policy_key(arn: str) -> str:
    """Logical name of a policy's attachment: ``aws/AmazonEKS_CNI_Policy``; distinct for distinct policies."""
    account, resource = arn.split(":", 5)[4:]
    return f"{account}/{resource.removeprefix('policy/')}"


def _document(*statements: dict[str, object]) -> str:
    return json.dumps({"Version": POLICY_VERSION, "Statement": list(statements)})
