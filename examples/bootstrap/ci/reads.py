"""What reading each type of resource of the platform asks of AWS: all that a preview and a drift check may do.

By type of pulumi-aws; the calls are those of its resources' read functions as far as they are known without AWS. A
test holds the types against the platform's own stacks.
"""

VPC_READS = ("ec2:DescribeVpcAttribute", "ec2:DescribeVpcs")
ROUTES = ("ec2:DescribeRouteTables",)
GROUP_RULES = ("ec2:DescribeSecurityGroupRules", "ec2:DescribeSecurityGroups")
ROLE_READS = (
    "iam:GetRole",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:ListInstanceProfilesForRole",
    "iam:ListRolePolicies",
)

READS: dict[str, tuple[str, ...]] = {
    "aws:cloudwatch/logGroup:LogGroup": ("logs:DescribeLogGroups", "logs:ListTagsForResource"),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": GROUP_RULES,
    "aws:ec2/eip:Eip": ("ec2:DescribeAddresses", "ec2:DescribeAddressesAttribute", "ec2:DescribeNetworkInterfaces"),
    "aws:ec2/flowLog:FlowLog": ("ec2:DescribeFlowLogs",),
    # A VPC that is already there is looked up: the same calls.
    "aws:ec2/getVpc:getVpc": (*VPC_READS, *ROUTES),
    "aws:ec2/internetGateway:InternetGateway": ("ec2:DescribeInternetGateways",),
    "aws:ec2/launchTemplate:LaunchTemplate": ("ec2:DescribeLaunchTemplateVersions", "ec2:DescribeLaunchTemplates"),
    "aws:ec2/natGateway:NatGateway": ("ec2:DescribeNatGateways",),
    "aws:ec2/route:Route": ROUTES,
    "aws:ec2/routeTable:RouteTable": ROUTES,
    "aws:ec2/routeTableAssociation:RouteTableAssociation": ROUTES,
    "aws:ec2/securityGroup:SecurityGroup": (*GROUP_RULES, "ec2:DescribeNetworkInterfaces"),
    "aws:ec2/subnet:Subnet": ("ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"),
    "aws:ec2/vpc:Vpc": (*VPC_READS, *ROUTES, "ec2:DescribeNetworkAcls", "ec2:DescribeSecurityGroups"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": ("ec2:DescribePrefixLists", "ec2:DescribeVpcEndpoints"),
    "aws:eks/accessEntry:AccessEntry": ("eks:DescribeAccessEntry", "eks:ListTagsForResource"),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": ("eks:ListAssociatedAccessPolicies",),
    "aws:eks/addon:Addon": ("eks:DescribeAddon", "eks:DescribeUpdate", "eks:ListPodIdentityAssociations"),
    "aws:eks/cluster:Cluster": ("eks:DescribeCluster", "eks:DescribeUpdate", "eks:ListTagsForResource"),
    "aws:eks/nodeGroup:NodeGroup": ("eks:DescribeNodegroup", "eks:DescribeUpdate"),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": (
        "eks:DescribePodIdentityAssociation",
        "eks:ListPodIdentityAssociations",
    ),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": ("iam:GetOpenIDConnectProvider",),
    "aws:iam/role:Role": ROLE_READS,
    "aws:iam/rolePolicy:RolePolicy": ("iam:GetRolePolicy",),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ("iam:ListAttachedRolePolicies",),
    "aws:kms/alias:Alias": ("kms:ListAliases",),
    "aws:kms/key:Key": (
        "kms:DescribeKey",
        "kms:GetKeyPolicy",
        "kms:GetKeyRotationStatus",
        "kms:ListResourceTags",
    ),
    "aws:lb/listener:Listener": (
        "elasticloadbalancing:DescribeListenerAttributes",
        "elasticloadbalancing:DescribeListeners",
        "elasticloadbalancing:DescribeTags",
    ),
    "aws:lb/loadBalancer:LoadBalancer": (
        "elasticloadbalancing:DescribeCapacityReservation",
        "elasticloadbalancing:DescribeLoadBalancerAttributes",
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeTags",
    ),
    "aws:lb/targetGroup:TargetGroup": (
        "elasticloadbalancing:DescribeTags",
        "elasticloadbalancing:DescribeTargetGroupAttributes",
        "elasticloadbalancing:DescribeTargetGroups",
    ),
    "aws:ssm/parameter:Parameter": ("ssm:DescribeParameters", "ssm:GetParameter", "ssm:ListTagsForResource"),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": GROUP_RULES,
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": GROUP_RULES,
}
