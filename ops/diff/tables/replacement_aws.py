"""Changes that replace an AWS resource: ``ForceNew`` and ``RequiresReplace`` of terraform-provider-aws.

pulumi-aws bridges that provider and adds no rules for these types. The table has only properties that this program
can set. A source that begins with ``BELIEVED`` names the file, but was not read for this table.
"""

from ops.diff.tables.replacement import EVERYTHING, Rule

BELIEVED = "believed: "
_ROOT = "terraform-provider-aws internal/service/"


def _read(path: str, *replaces: str, updates: tuple[str, ...] = (), identity: tuple[str, ...] = ()) -> Rule:
    return Rule(replaces=replaces, updates=updates, identity=identity, source=f"{_ROOT}{path}")


def _believed(path: str, *replaces: str, updates: tuple[str, ...] = (), identity: tuple[str, ...] = ()) -> Rule:
    return Rule(replaces=replaces, updates=updates, identity=identity, source=f"{BELIEVED}{_ROOT}{path}")


_TAGS = ("tags",)
_NAME = ("name",)

RULES: dict[str, Rule] = {
    "aws:cloudwatch/logGroup:LogGroup": _read("logs/group.go", "name", identity=_NAME),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": _believed("ec2/vpc_default_security_group.go", "vpcId"),
    "aws:ec2/eip:Eip": _believed("ec2/ec2_eip.go", "domain"),
    "aws:ec2/flowLog:FlowLog": _read("ec2/vpc_flow_log.go", *EVERYTHING, updates=_TAGS),
    # Another VPC: the gateway is detached and attached.
    "aws:ec2/internetGateway:InternetGateway": _believed("ec2/vpc_internet_gateway.go"),
    "aws:ec2/launchTemplate:LaunchTemplate": _believed("ec2/ec2_launch_template.go", "name", identity=_NAME),
    "aws:ec2/natGateway:NatGateway": _read("ec2/vpc_nat_gateway.go", "allocationId", "subnetId"),
    # Another target is ReplaceRoute.
    "aws:ec2/route:Route": _read(
        "ec2/vpc_route.go",
        "routeTableId",
        "destinationCidrBlock",
        identity=("destinationCidrBlock", "routeTableId"),
    ),
    "aws:ec2/routeTable:RouteTable": _believed("ec2/vpc_route_table.go", "vpcId"),
    # Another table is ReplaceRouteTableAssociation.
    "aws:ec2/routeTableAssociation:RouteTableAssociation": _read("ec2/vpc_route_table_association.go", "subnetId"),
    "aws:ec2/securityGroup:SecurityGroup": _read("ec2/vpc_security_group.go", "name", "description", "vpcId"),
    "aws:ec2/subnet:Subnet": _read("ec2/vpc_subnet.go", "availabilityZone", "cidrBlock", "vpcId"),
    "aws:ec2/vpc:Vpc": _read("ec2/vpc_.go", "cidrBlock"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": _read("ec2/vpc_endpoint.go", "serviceName", "vpcEndpointType", "vpcId"),
    "aws:eks/accessEntry:AccessEntry": _read("eks/access_entry.go", "clusterName", "principalArn", "type"),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": _read("eks/access_policy_association.go", *EVERYTHING),
    "aws:eks/addon:Addon": _read("eks/addon.go", "addonName", "clusterName"),
    "aws:eks/cluster:Cluster": _read(
        "eks/cluster.go",
        "name",
        "roleArn",
        "bootstrapSelfManagedAddons",
        "accessConfig.bootstrapClusterCreatorAdminPermissions",
        "encryptionConfig",
        identity=_NAME,
    ),
    "aws:eks/nodeGroup:NodeGroup": _read(
        "eks/node_group.go",
        "amiType",
        "capacityType",
        "clusterName",
        "diskSize",
        "instanceTypes",
        "launchTemplate.id",
        "launchTemplate.name",
        "nodeGroupName",
        "nodeRoleArn",
        "subnetIds",
        identity=("nodeGroupName", "clusterName"),
    ),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": _read(
        "eks/pod_identity_association.go", "clusterName", "namespace", "serviceAccount"
    ),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": _believed("iam/openid_connect_provider.go", "url"),
    "aws:iam/role:Role": _read("iam/role.go", "name", identity=_NAME),
    "aws:iam/rolePolicy:RolePolicy": _read("iam/role_policy.go", "name", "role", identity=("name", "role")),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": _read("iam/role_policy_attachment.go", *EVERYTHING),
    "aws:kms/alias:Alias": _read("kms/alias.go", "name", identity=_NAME),
    "aws:kms/key:Key": _read("kms/key.go"),
    # Port and protocol change in place.
    "aws:lb/listener:Listener": _read("elbv2/listener.go", "loadBalancerArn"),
    # Removing a subnet, the first security group or the last one replaces too (customizeDiffLoadBalancerNLB); a path
    # cannot express that.
    "aws:lb/loadBalancer:LoadBalancer": _read(
        "elbv2/load_balancer.go", "name", "internal", "loadBalancerType", identity=_NAME
    ),
    "aws:lb/targetGroup:TargetGroup": _read(
        "elbv2/target_group.go", "name", "port", "protocol", "targetType", "vpcId", identity=_NAME
    ),
    # From the tier Advanced to Standard replaces too (CustomizeDiff); the program sets neither.
    "aws:ssm/parameter:Parameter": _read("ssm/parameter.go", "name", "dataType", identity=_NAME),
    # Another kind of peer replaces too (ModifyPlan); the program names a rule after its peer.
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _read(
        "ec2/vpc_security_group_ingress_rule.go", "securityGroupId"
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _read(
        "ec2/vpc_security_group_ingress_rule.go", "securityGroupId"
    ),
}
