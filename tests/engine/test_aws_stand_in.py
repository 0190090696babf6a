"""The aws stand-in against its cloud, without an engine: what AWS refuses is refused, in AWS's words."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from local import cloud
from local.providers.aws import TYPES, Aws
from local.providers.base import Inputs, Outputs, Request
from local.providers.failures import Refused
from local.providers.replacement_aws import RULES, believed

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
GATEWAY = "aws:ec2/internetGateway:InternetGateway"
ADDRESS = "aws:ec2/eip:Eip"
NAT = "aws:ec2/natGateway:NatGateway"
TABLE = "aws:ec2/routeTable:RouteTable"
ROUTE = "aws:ec2/route:Route"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
ROLE = "aws:iam/role:Role"
INLINE = "aws:iam/rolePolicy:RolePolicy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"
TARGETS = "aws:lb/targetGroup:TargetGroup"
LISTENER = "aws:lb/listener:Listener"
KEY = "aws:kms/key:Key"
ALIAS = "aws:kms/alias:Alias"
LOGS = "aws:cloudwatch/logGroup:LogGroup"
CLUSTER = "aws:eks/cluster:Cluster"
NODES = "aws:eks/nodeGroup:NodeGroup"
ADDON = "aws:eks/addon:Addon"
ENTRY = "aws:eks/accessEntry:AccessEntry"
POLICY = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
IDENTITY = "aws:eks/podIdentityAssociation:PodIdentityAssociation"

NODE_POLICIES = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonEKS_CNI_Policy")


class Account:
    """An account through the stand-in; resources by the name they were made with."""

    def __init__(self, aws: Aws, running: cloud.Cloud) -> None:
        self.aws, self.cloud = aws, running
        self.made: dict[str, tuple[str, str, Inputs, Outputs]] = {}

    def make(self, name: str, type_: str, /, **inputs: Any) -> str:
        """Create; the id."""
        id_, outputs = self.aws.create(type_, name, inputs)
        self.made[name] = (type_, id_, inputs, inputs | outputs)
        return id_

    def change(self, name: str, /, **inputs: Any) -> Outputs:
        """Update some inputs; all outputs."""
        type_, id_, olds, outputs = self.made[name]
        news = olds | inputs
        now = news | self.aws.update(type_, id_, olds, news, outputs)
        self.made[name] = (type_, id_, news, now)
        return now

    def drop(self, name: str) -> None:
        """Delete."""
        type_, id_, _, outputs = self.made[name]
        self.aws.delete(type_, id_, outputs)
        del self.made[name]

    def outputs(self, name: str) -> Outputs:
        """As the program would read them."""
        return self.made[name][3]

    def network(self) -> None:
        """A VPC with two private subnets that lead out."""
        self.make("vpc", VPC, cidrBlock="10.0.0.0/16", enableDnsSupport=True, enableDnsHostnames=True)
        vpc = self.made["vpc"][1]
        self.make("internet", GATEWAY, vpcId=vpc)
        self.make("table", TABLE, vpcId=vpc)
        self.make(
            "route",
            ROUTE,
            routeTableId=self.id("table"),
            destinationCidrBlock="0.0.0.0/0",
            gatewayId=self.id("internet"),
        )
        for index, zone in enumerate(("us-west-2a", "us-west-2b")):
            self.make(zone, SUBNET, vpcId=vpc, cidrBlock=f"10.0.{index}.0/24", availabilityZone=zone)
            self.make(f"{zone}-way", ASSOCIATION, subnetId=self.id(zone), routeTableId=self.id("table"))

    def balancer(self, **inputs: Any) -> None:
        """An NLB with a listener."""
        self.make("nlb-group", GROUP, name="nlb", description="NLB", vpcId=self.id("vpc"))
        self.make(
            "nlb",
            BALANCER,
            name="nlb",
            loadBalancerType="network",
            subnets=[self.id("us-west-2a"), self.id("us-west-2b")],
            securityGroups=[self.id("nlb-group")],
            **inputs,
        )
        self.make("targets", TARGETS, name="targets", protocol="TCP", port=80, targetType="ip", vpcId=self.id("vpc"))
        self.make("listener", LISTENER, **self.listener(80))

    def listener(self, port: int) -> Inputs:
        """Inputs of a listener of the NLB."""
        forward = {"type": "forward", "targetGroupArn": self.id("targets")}
        return {"loadBalancerArn": self.id("nlb"), "port": port, "protocol": "TCP", "defaultActions": [forward]}

    def role(self, name: str, service: str, *policies: str) -> str:
        """A role that a service assumes; its ARN."""
        self.make(name, ROLE, name=name, assumeRolePolicy=trust(service))
        for policy in policies:
            self.make(f"{name}-{policy}", ATTACHMENT, role=name, policyArn=f"arn:aws:iam::aws:policy/{policy}")
        return str(self.outputs(name)["arn"])

    def cluster(self, **inputs: Any) -> None:
        """A cluster without add-ons and nodes."""
        self.network()
        role = self.role("control-plane", "eks.amazonaws.com", "AmazonEKSClusterPolicy")
        self.make(
            "cluster",
            CLUSTER,
            **{
                "name": "mesh",
                "roleArn": role,
                "version": "1.36",
                "bootstrapSelfManagedAddons": False,
                "vpcConfig": {"subnetIds": [self.id("us-west-2a"), self.id("us-west-2b")]},
                "accessConfig": {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": True},
                **inputs,
            },
        )

    def nodes(self, *policies: str, **inputs: Any) -> None:
        """A node group of the cluster."""
        role = self.role("nodes-role", "ec2.amazonaws.com", *policies)
        self.make(
            "nodes",
            NODES,
            **{
                "clusterName": "mesh",
                "nodeGroupName": "nodes",
                "nodeRoleArn": role,
                "subnetIds": [self.id("us-west-2a")],
                "scalingConfig": {"minSize": 1, "desiredSize": 1, "maxSize": 3},
                **inputs,
            },
        )

    def addon(self, name: str, /, **inputs: Any) -> None:
        """An add-on of the cluster."""
        self.make(name, ADDON, clusterName="mesh", addonName=name, addonVersion="v1.2.3-eksbuild.1", **inputs)

    def id(self, name: str) -> str:
        """Id of what was made."""
        return self.made[name][1]


@pytest.fixture
def account() -> Iterator[Account]:
    with cloud.running() as running:
        aws = Aws(running.session)
        with aws.answering(Request(urn="", type="", name="a", preview=False, config={})):
            yield Account(aws, running)


def trust(service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_an_empty_account_has_nothing_left(account: Account) -> None:
    assert account.cloud.leftovers() == []


def test_every_type_has_a_rule_of_replacement() -> None:
    assert TYPES.keys() == RULES.keys()


def test_rules_that_were_not_read_from_their_source_are_known() -> None:
    assert set(believed()) <= {
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        "aws:ec2/eip:Eip",
        "aws:ec2/internetGateway:InternetGateway",
        "aws:ec2/launchTemplate:LaunchTemplate",
        "aws:ec2/routeTable:RouteTable",
        "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
    }


def test_without_its_cloud_nothing_leaves_this_machine() -> None:
    with cloud.running() as running:
        assert running.session.ec2.describe_vpcs()["Vpcs"]
    with pytest.raises(Refused, match="would leave this machine"):
        running.session.ec2.describe_vpcs()


@pytest.mark.parametrize(
    ("cidr", "zone", "code"),
    [
        ("10.0.1.128/25", "us-west-2a", "InvalidSubnet.Conflict"),
        ("10.1.0.0/24", "us-west-2a", "InvalidSubnet.Range"),
        ("10.0.9.0/24", "eu-west-1z", "InvalidParameterValue"),
    ],
)
def test_subnets_that_do_not_fit_are_refused(account: Account, cidr: str, zone: str, code: str) -> None:
    account.network()
    with pytest.raises(Refused, match=code):
        account.make("more", SUBNET, vpcId=account.id("vpc"), cidrBlock=cidr, availabilityZone=zone)


def test_a_nat_gateway_needs_the_internet(account: Account) -> None:
    account.make("vpc", VPC, cidrBlock="10.0.0.0/16")
    account.make("subnet", SUBNET, vpcId=account.id("vpc"), cidrBlock="10.0.0.0/24", availabilityZone="us-west-2a")
    account.make("address", ADDRESS, domain="vpc")
    with pytest.raises(Refused, match=r"Gateway\.NotAttached"):
        account.make("nat", NAT, subnetId=account.id("subnet"), allocationId=account.id("address"))


def test_private_dns_needs_dns_in_the_vpc(account: Account) -> None:
    account.network()
    account.change("vpc", enableDnsHostnames=False)
    with pytest.raises(Refused, match="requires both enableDnsSupport and enableDnsHostnames"):
        account.make(
            "sts",
            ENDPOINT,
            vpcId=account.id("vpc"),
            serviceName="com.amazonaws.us-west-2.sts",
            vpcEndpointType="Interface",
            subnetIds=[account.id("us-west-2a")],
            privateDnsEnabled=True,
        )


def test_a_network_in_use_cannot_be_taken_apart(account: Account) -> None:
    account.network()
    account.make("address", ADDRESS, domain="vpc")
    account.make("nat", NAT, subnetId=account.id("us-west-2a"), allocationId=account.id("address"))
    account.make("endpoint-group", GROUP, name="endpoints", vpcId=account.id("vpc"))
    account.make(
        "sts",
        ENDPOINT,
        vpcId=account.id("vpc"),
        serviceName="com.amazonaws.us-west-2.sts",
        vpcEndpointType="Interface",
        subnetIds=[account.id("us-west-2b")],
        securityGroupIds=[account.id("endpoint-group")],
    )
    for name in ("vpc", "internet", "table", "us-west-2a", "us-west-2b", "endpoint-group"):
        with pytest.raises(Refused, match="DependencyViolation"):
            account.drop(name)
    with pytest.raises(Refused, match=r"InvalidIPAddress\.InUse"):
        account.drop("address")


def test_a_network_goes_in_order(account: Account) -> None:
    account.network()
    for name in reversed(list(account.made)):
        account.drop(name)
    assert account.cloud.leftovers() == []


def test_a_rule_needs_its_group(account: Account) -> None:
    account.network()
    account.make("group", GROUP, name="group", vpcId=account.id("vpc"))
    with pytest.raises(Refused, match=r"InvalidGroup\.NotFound"):
        account.make(
            "rule", INGRESS, securityGroupId=account.id("group"), ipProtocol="tcp", fromPort=443, toPort=443,
            referencedSecurityGroupId="sg-00000000000000000",
        )  # fmt: skip


def test_a_group_named_by_another_groups_rule_stays(account: Account) -> None:
    account.network()
    account.make("group", GROUP, name="group", vpcId=account.id("vpc"))
    account.make("peer", GROUP, name="peer", vpcId=account.id("vpc"))
    ports = {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443}
    account.make(
        "rule", INGRESS, securityGroupId=account.id("group"), referencedSecurityGroupId=account.id("peer"), **ports
    )
    with pytest.raises(Refused, match="DependencyViolation.*dependent object"):
        account.drop("peer")
    account.drop("rule")
    account.drop("peer")


def test_a_rule_is_refused_twice_and_in_words_aws_does_not_take(account: Account) -> None:
    account.network()
    account.make("group", GROUP, name="group", vpcId=account.id("vpc"))
    rule = {"securityGroupId": account.id("group"), "ipProtocol": "tcp", "fromPort": 80, "toPort": 80}
    account.make("rule", INGRESS, cidrIpv4="10.0.0.0/16", **rule)
    with pytest.raises(Refused, match=r"InvalidPermission\.Duplicate"):
        account.make("again", INGRESS, cidrIpv4="10.0.0.0/16", **rule)
    with pytest.raises(Refused, match="Invalid description"):
        account.make("told", INGRESS, cidrIpv4="10.1.0.0/16", description="für alle", **rule)


def test_a_launch_template_gets_a_version_for_every_change(account: Account) -> None:
    account.make("template", TEMPLATE, name="nodes", metadataOptions={"httpTokens": "required"})
    assert account.outputs("template")["latestVersion"] == 1
    assert account.change("template", metadataOptions={"httpTokens": "optional"})["latestVersion"] == 2
    with pytest.raises(Refused, match="enum value set"):
        account.change("template", metadataOptions={"httpTokens": "always"})


@pytest.mark.parametrize(
    "document", ["{", '{"Statement": []}', '{"Version": "2012-10-17", "Statement": [{"Effect": "Alow"}]}']
)
def test_malformed_policies_are_refused(account: Account, document: str) -> None:
    account.role("role", "ec2.amazonaws.com")
    with pytest.raises(Refused, match="MalformedPolicyDocument"):
        account.make("trusts", ROLE, name="trusts", assumeRolePolicy=document)
    with pytest.raises(Refused, match="MalformedPolicyDocument"):
        account.make("allows", INLINE, name="allows", role="role", policy=document)


def test_aws_managed_policies_are_known_by_name(account: Account) -> None:
    with pytest.raises(Refused, match="NoSuchEntity.*AmazonEKSWorkerPolicy"):
        account.role("role", "ec2.amazonaws.com", "AmazonEKSWorkerPolicy")


def test_a_role_with_policies_stays(account: Account) -> None:
    account.role("role", "ec2.amazonaws.com", "AmazonEKS_CNI_Policy")
    with pytest.raises(Refused, match="DeleteConflict"):
        account.drop("role")


def test_names_have_lengths(account: Account) -> None:
    with pytest.raises(Refused, match="length less than or equal to 64"):
        account.make("role", ROLE, name="r" * 65, assumeRolePolicy=trust("ec2.amazonaws.com"))
    account.network()
    with pytest.raises(Refused, match="cannot be longer than '32' characters"):
        account.make(
            "targets", TARGETS, name="t" * 33, protocol="TCP", port=80, targetType="ip", vpcId=account.id("vpc")
        )


def test_a_generated_name_that_is_too_long_is_refused_before_anything_is_made(account: Account) -> None:
    called = {"name": "gateway-with-a-long-name-1234567", "__defaults": ["name"]}
    for logical, refused in {"gateway-with-a-long-name-x": True, "gateway-public-443": False}.items():
        with account.aws.answering(Request(urn="", type=TARGETS, name=logical, preview=True, config={})):
            _, failures = account.aws.check(TARGETS, called)
        assert bool(failures) is refused


def test_default_tags_come_with_the_provider(account: Account) -> None:
    config = {"defaultTags": '{"tags": {"team": "platform", "Name": "any"}}'}
    with account.aws.answering(Request(urn="", type=VPC, name="vpc", preview=False, config=config)):
        inputs, _ = account.aws.check(VPC, {"cidrBlock": "10.0.0.0/16", "tags": {"Name": "mesh"}})
    assert inputs["tags"] == {"team": "platform", "Name": "mesh"}


def test_another_account_is_refused(account: Account) -> None:
    with pytest.raises(Refused, match="AWS account ID not allowed"):
        account.aws.configure({"allowedAccountIds": '["999999999999"]'})


def test_a_protected_load_balancer_stays(account: Account) -> None:
    account.network()
    account.balancer(enableDeletionProtection=True)
    with pytest.raises(Refused, match="OperationNotPermitted"):
        account.drop("nlb")
    account.change("nlb", enableDeletionProtection=False)
    account.drop("nlb")


@pytest.mark.parametrize(("name", "code"), [("targets", "ResourceInUse"), ("nlb-group", "DependencyViolation")])
def test_what_a_load_balancer_uses_stays(account: Account, name: str, code: str) -> None:
    account.network()
    account.balancer()
    with pytest.raises(Refused, match=code):
        account.drop(name)


def test_a_load_balancer_listens_once_on_a_port_and_with_a_certificate_that_exists(account: Account) -> None:
    account.network()
    account.balancer()
    with pytest.raises(Refused, match="DuplicateListener"):
        account.make("again", LISTENER, **account.listener(80))
    secure = account.listener(443) | {"protocol": "TLS"}
    with pytest.raises(Refused, match="certificate must be specified"):
        account.make("secure", LISTENER, **secure)
    arn = f"arn:aws:acm:us-west-2:{cloud.ACCOUNT}:certificate/6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
    with pytest.raises(Refused, match="CertificateNotFound"):
        account.make("secure", LISTENER, **secure, certificateArn=arn)
    account.cloud.issue(arn)
    account.make("secure", LISTENER, **secure, certificateArn=arn)


def test_a_load_balancer_needs_groups_that_exist(account: Account) -> None:
    account.network()
    with pytest.raises(Refused, match="InvalidSecurityGroup"):
        account.make(
            "nlb", BALANCER, name="nlb", loadBalancerType="network", subnets=[account.id("us-west-2a")],
            securityGroups=["sg-00000000000000000"],
        )  # fmt: skip


def test_a_key_is_never_gone_at_once(account: Account) -> None:
    account.make("key", KEY, description="Secrets", enableKeyRotation=True, deletionWindowInDays=7)
    account.make("alias", ALIAS, name="alias/mesh/secrets", targetKeyId=account.id("key"))
    account.drop("alias")
    id_ = account.id("key")
    account.drop("key")
    assert account.cloud.leftovers() == []
    assert account.cloud.session.kms.describe_key(KeyId=id_)["KeyMetadata"]["KeyState"] == "PendingDeletion"


def test_logs_are_kept_for_days_that_aws_offers(account: Account) -> None:
    with pytest.raises(Refused, match="Invalid retention period"):
        account.make("logs", LOGS, name="/mesh", retentionInDays=31)


def test_a_cluster_brings_its_group_and_its_creators_access(account: Account) -> None:
    account.cluster()
    assert account.outputs("cluster")["vpcConfig"]["vpcId"] == account.id("vpc")
    with pytest.raises(Refused, match="ResourceInUseException.*already in use"):
        account.make("creator", ENTRY, clusterName="mesh", principalArn=cloud.DEPLOYER)
    account.drop("cluster")
    assert not [left for left in account.cloud.leftovers() if left.startswith(("eks", "security group eks"))]


def test_a_cluster_makes_its_own_log_group_when_there_is_none(account: Account) -> None:
    account.cluster(enabledClusterLogTypes=["api"])
    with pytest.raises(Refused, match="ResourceAlreadyExistsException"):
        account.make("logs", LOGS, name="/aws/eks/mesh/cluster")


def test_a_protected_cluster_stays(account: Account) -> None:
    account.cluster(deletionProtection=True)
    with pytest.raises(Refused, match="deletion protection"):
        account.drop("cluster")
    account.change("cluster", deletionProtection=False)
    account.drop("cluster")


def test_a_cluster_needs_a_role_that_may_and_two_zones(account: Account) -> None:
    account.network()
    subnets = [account.id("us-west-2a"), account.id("us-west-2b")]
    wrong = account.role("wrong", "ec2.amazonaws.com", "AmazonEKSClusterPolicy")
    idle = account.role("idle", "eks.amazonaws.com")
    able = account.role("able", "eks.amazonaws.com", "AmazonEKSClusterPolicy")
    for role, zones, reason in (
        (wrong, subnets, "trust relationships"),
        (idle, subnets, "AmazonEKSClusterPolicy"),
        (able, subnets[:1], "two different AZs"),
    ):
        with pytest.raises(Refused, match=reason):
            account.make("mesh", CLUSTER, name="mesh", roleArn=role, vpcConfig={"subnetIds": zones})


@pytest.mark.parametrize("missing", [*NODE_POLICIES, "vpc-cni", "kube-proxy", "route"])
def test_nodes_join_only_when_everything_they_need_is_there(account: Account, missing: str) -> None:
    account.cluster()
    for addon in {"vpc-cni", "kube-proxy"} - {missing}:
        account.addon(addon)
    if missing == "route":
        account.drop("route")
    with pytest.raises(Refused, match="NodeCreationFailure"):
        account.nodes(*(policy for policy in NODE_POLICIES if policy != missing))


def test_nodes_join(account: Account) -> None:
    account.cluster()
    account.addon("vpc-cni")
    account.addon("kube-proxy")
    account.nodes(*NODE_POLICIES)
    with pytest.raises(Refused, match="ResourceInUseException.*nodegroups attached"):
        account.drop("cluster")
    with pytest.raises(Refused, match="ascending order"):
        account.change("nodes", scalingConfig={"minSize": 2, "desiredSize": 1, "maxSize": 3})
    with pytest.raises(Refused, match="InvalidLaunchTemplateId"):
        account.change("nodes", launchTemplate={"id": "lt-00000000000000000", "version": "1"})


def test_nodes_without_rights_leave_interfaces_behind(account: Account) -> None:
    account.cluster()
    account.addon("vpc-cni")
    account.addon("kube-proxy")
    account.nodes(*NODE_POLICIES)
    account.drop("nodes-role-AmazonEKS_CNI_Policy")
    account.drop("nodes")
    account.drop("cluster")
    account.drop("us-west-2a-way")
    with pytest.raises(Refused, match="DependencyViolation.*left behind"):
        account.drop("us-west-2a")


def test_add_ons_are_checked_against_what_aws_knows(account: Account) -> None:
    account.cluster()
    with pytest.raises(Refused, match="is not supported in 1.36"):
        account.addon("istio-cni")
    with pytest.raises(Refused, match=r"\$\.ENABLE_PREFIX_DELEGATION: is not defined in the schema"):
        account.addon("vpc-cni", configurationValues='{"ENABLE_PREFIX_DELEGATION": "true"}')
    with pytest.raises(Refused, match="not JSON"):
        account.addon("vpc-cni", configurationValues="env: {}")
    with pytest.raises(Refused, match="enum value set"):
        account.addon("vpc-cni", resolveConflictsOnCreate="FORCE")
    account.addon("vpc-cni")
    with pytest.raises(Refused, match="Addon already exists"):
        account.addon("vpc-cni")


def test_coredns_needs_nodes_that_take_it(account: Account) -> None:
    account.cluster()
    account.addon("vpc-cni")
    account.addon("kube-proxy")
    with pytest.raises(Refused, match="InsufficientNumberOfReplicas"):
        account.addon("coredns")
    account.nodes(
        *NODE_POLICIES,
        labels={"group": "system"},
        taints=[{"key": "dedicated", "value": "mesh", "effect": "NO_SCHEDULE"}],
    )
    with pytest.raises(Refused, match="InsufficientNumberOfReplicas"):
        account.addon("coredns")
    tolerates = {"nodeSelector": {"group": "system"}, "tolerations": [{"key": "dedicated", "operator": "Exists"}]}
    account.addon("coredns", configurationValues=json.dumps(tolerates))


def test_access_entries_and_policies(account: Account) -> None:
    account.cluster()
    who = f"arn:aws:iam::{cloud.ACCOUNT}:role/team"
    entry = {"clusterName": "mesh", "principalArn": who}
    policy = {**entry, "policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"}
    with pytest.raises(Refused, match="could not be found"):
        account.make("view", POLICY, **policy, accessScope={"type": "cluster"})
    with pytest.raises(Refused, match="cannot start with system:"):
        account.make("team", ENTRY, **entry, kubernetesGroups=["system:masters"])
    account.make("team", ENTRY, **entry, kubernetesGroups=["team"])
    with pytest.raises(Refused, match="enum value set"):
        account.make("view", POLICY, **policy, accessScope={"type": "everything"})
    account.make("view", POLICY, **policy, accessScope={"type": "cluster"})


def test_one_identity_a_service_account_with_a_role_that_lets_pods_in(account: Account) -> None:
    account.cluster()
    place = {"clusterName": "mesh", "namespace": "kube-system", "serviceAccount": "controller"}
    with pytest.raises(Refused, match="does not let pods.eks.amazonaws.com"):
        account.make("identity", IDENTITY, **place, roleArn=account.role("other", "ec2.amazonaws.com"))
    role = account.role("pods", "pods.eks.amazonaws.com")
    account.make("identity", IDENTITY, **place, roleArn=role)
    with pytest.raises(Refused, match="ResourceInUseException"):
        account.make("twin", IDENTITY, **place, roleArn=role)
