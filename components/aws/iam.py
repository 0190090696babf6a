"""Trust and permission policies as JSON documents, and the names of AWS managed policies."""

import json

POLICY_VERSION = "2012-10-17"

# AWS managed policies of the node role. The CNI's policy is here and not in a Pod Identity association: on a new node
# the CNI must assign addresses before the identity agent answers, and delete its interfaces after everything else.
NODE_POLICIES = (
    "AmazonEKSWorkerNodePolicy",
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonEKS_CNI_Policy",
    "AmazonSSMManagedInstanceCore",
)
# AWS managed policies of the control plane's role, for managed node groups.
CLUSTER_POLICIES = ("AmazonEKSClusterPolicy",)
EBS_CSI_POLICY = "service-role/AmazonEBSCSIDriverPolicy"

# Audience of the tokens that service accounts present to STS (IRSA).
STS_AUDIENCE = "sts.amazonaws.com"


def assumed_by(service: str) -> str:
    """Return the trust policy of a role that the AWS service ``service`` assumes."""
    return _document(
        {
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sts:AssumeRole",
        }
    )


def write_flow_logs(log_group_arn: str) -> str:
    """Return the policy that VPC flow logs need to write to one existing log group.

    It has the actions of docs.aws.amazon.com/vpc, "IAM role for publishing flow logs", without
    ``logs:CreateLogGroup``: with it the service would create the group again, without retention, after a destroy.
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
    """Return the trust policy of a role that pods assume through EKS Pod Identity, which tags every session."""
    return _document(
        {
            "Effect": "Allow",
            "Principal": {"Service": "pods.eks.amazonaws.com"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
        }
    )


def target_registration() -> str:
    """Return the policy that the load balancer controller needs to register pods in existing target groups.

    It allows no change of load balancers or security groups, which are resources of the stack.
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
    """Return the ARN of an AWS managed policy, in the partition of the region."""
    return f"arn:{partition(region)}:iam::aws:policy/{name}"


def partition(region: str) -> str:
    """Return the partition of a region, the second part of its ARNs."""
    for prefix, found in {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}.items():
        if region.startswith(prefix):
            return found
    return "aws"


def policy_key(arn: str) -> str:
    """Return the logical name of a policy's attachment, ``aws/AmazonEKS_CNI_Policy``; it is unique per policy."""
    account, resource = arn.split(":", 5)[4:]
    return f"{account}/{resource.removeprefix('policy/')}"


def _document(*statements: dict[str, object]) -> str:
    return json.dumps({"Version": POLICY_VERSION, "Statement": list(statements)})
