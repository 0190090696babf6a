"""The aws stand-in against its cloud, without an engine: what AWS refuses is refused, in AWS's words."""

from collections.abc import Iterator

import pytest

from local.providers.aws import cloud
from local.providers.aws.resource_types import TYPES
from local.providers.protocol.base import Request
from local.providers.protocol.failures import RefusedError
from ops.diff.tables.replacement_aws import BELIEVED, RULES
from tests.support import real_time
from tests.support.engine.aws_account import (
    ADDRESS,
    ALIAS,
    BALANCER,
    ENDPOINT,
    GROUP,
    INGRESS,
    INLINE,
    KEY,
    LISTENER,
    LOGS,
    NAT,
    PARAMETER,
    ROLE,
    SUBNET,
    TARGETS,
    TEMPLATE,
    VPC,
    Account,
    opened,
    trust,
)


@pytest.fixture
def account() -> Iterator[Account]:
    with opened() as empty:
        yield empty


def test_an_empty_account_has_nothing_left(account: Account) -> None:
    assert account.cloud.leftovers() == []


def test_every_type_has_a_rule_of_replacement() -> None:
    assert TYPES.keys() == RULES.keys()


def test_rules_that_were_not_read_from_their_source_are_known() -> None:
    assert {token for token, rule in RULES.items() if rule.source.startswith(BELIEVED)} <= {
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
    with pytest.raises(RefusedError, match="would leave this machine"):
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
    with pytest.raises(RefusedError, match=code):
        account.make("more", SUBNET, vpcId=account.id("vpc"), cidrBlock=cidr, availabilityZone=zone)


def test_a_nat_gateway_needs_the_internet(account: Account) -> None:
    account.make("vpc", VPC, cidrBlock="10.0.0.0/16")
    account.make("subnet", SUBNET, vpcId=account.id("vpc"), cidrBlock="10.0.0.0/24", availabilityZone="us-west-2a")
    account.make("address", ADDRESS, domain="vpc")
    with pytest.raises(RefusedError, match=r"Gateway\.NotAttached"):
        account.make("nat", NAT, subnetId=account.id("subnet"), allocationId=account.id("address"))


def test_private_dns_needs_dns_in_the_vpc(account: Account) -> None:
    account.network()
    account.change("vpc", enableDnsHostnames=False)
    with pytest.raises(RefusedError, match="requires both enableDnsSupport and enableDnsHostnames"):
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
        with pytest.raises(RefusedError, match="DependencyViolation"):
            account.drop(name)
    with pytest.raises(RefusedError, match=r"InvalidIPAddress\.InUse"):
        account.drop("address")


def test_a_network_goes_in_order(account: Account) -> None:
    account.network()
    for name in reversed(list(account.made)):
        account.drop(name)
    assert account.cloud.leftovers() == []


def test_a_rule_needs_its_group(account: Account) -> None:
    account.network()
    account.make("group", GROUP, name="group", vpcId=account.id("vpc"))
    with pytest.raises(RefusedError, match=r"InvalidGroup\.NotFound"):
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
    with pytest.raises(RefusedError, match=r"DependencyViolation.*dependent object"):
        account.drop("peer")
    account.drop("rule")
    account.drop("peer")


def test_a_rule_is_refused_twice_and_in_words_aws_does_not_take(account: Account) -> None:
    account.network()
    account.make("group", GROUP, name="group", vpcId=account.id("vpc"))
    rule = {"securityGroupId": account.id("group"), "ipProtocol": "tcp", "fromPort": 80, "toPort": 80}
    account.make("rule", INGRESS, cidrIpv4="10.0.0.0/16", **rule)
    with pytest.raises(RefusedError, match=r"InvalidPermission\.Duplicate"):
        account.make("again", INGRESS, cidrIpv4="10.0.0.0/16", **rule)
    with pytest.raises(RefusedError, match="Invalid description"):
        account.make("told", INGRESS, cidrIpv4="10.1.0.0/16", description="für alle", **rule)


def test_a_launch_template_gets_a_version_for_every_change(account: Account) -> None:
    account.make("template", TEMPLATE, name="nodes", metadataOptions={"httpTokens": "required"})
    assert account.outputs("template")["latestVersion"] == 1
    assert account.change("template", metadataOptions={"httpTokens": "optional"})["latestVersion"] == 2
    with pytest.raises(RefusedError, match="enum value set"):
        account.change("template", metadataOptions={"httpTokens": "always"})


@pytest.mark.parametrize(
    "document", ["{", '{"Statement": []}', '{"Version": "2012-10-17", "Statement": [{"Effect": "Alow"}]}']
)
def test_malformed_policies_are_refused(account: Account, document: str) -> None:
    account.role("role", "ec2.amazonaws.com")
    with pytest.raises(RefusedError, match="MalformedPolicyDocument"):
        account.make("trusts", ROLE, name="trusts", assumeRolePolicy=document)
    with pytest.raises(RefusedError, match="MalformedPolicyDocument"):
        account.make("allows", INLINE, name="allows", role="role", policy=document)


def test_aws_managed_policies_are_known_by_name(account: Account) -> None:
    with pytest.raises(RefusedError, match=r"NoSuchEntity.*AmazonEKSWorkerPolicy"):
        account.role("role", "ec2.amazonaws.com", "AmazonEKSWorkerPolicy")


def test_a_role_with_policies_stays(account: Account) -> None:
    account.role("role", "ec2.amazonaws.com", "AmazonEKS_CNI_Policy")
    with pytest.raises(RefusedError, match="DeleteConflict"):
        account.drop("role")


def test_names_have_lengths(account: Account) -> None:
    with pytest.raises(RefusedError, match="length less than or equal to 64"):
        account.make("role", ROLE, name="r" * 65, assumeRolePolicy=trust("ec2.amazonaws.com"))
    account.network()
    with pytest.raises(RefusedError, match="cannot be longer than '32' characters"):
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
    with pytest.raises(RefusedError, match="AWS account ID not allowed"):
        account.aws.configure({"allowedAccountIds": '["999999999999"]'})


def test_a_protected_load_balancer_stays(account: Account) -> None:
    account.network()
    account.balancer(enableDeletionProtection=True)
    with pytest.raises(RefusedError, match="OperationNotPermitted"):
        account.drop("nlb")
    account.change("nlb", enableDeletionProtection=False)
    account.drop("nlb")


@pytest.mark.parametrize(("name", "code"), [("targets", "ResourceInUse"), ("nlb-group", "DependencyViolation")])
def test_what_a_load_balancer_uses_stays(account: Account, name: str, code: str) -> None:
    account.network()
    account.balancer()
    with pytest.raises(RefusedError, match=code):
        account.drop(name)


def test_a_load_balancer_listens_once_on_a_port_and_with_a_certificate_that_exists(account: Account) -> None:
    account.network()
    account.balancer()
    with pytest.raises(RefusedError, match="DuplicateListener"):
        account.make("again", LISTENER, **account.listener(80))
    secure = account.listener(443) | {"protocol": "TLS"}
    with pytest.raises(RefusedError, match="certificate must be specified"):
        account.make("secure", LISTENER, **secure)
    arn = f"arn:aws:acm:us-west-2:{cloud.ACCOUNT}:certificate/6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
    with pytest.raises(RefusedError, match="CertificateNotFound"):
        account.make("secure", LISTENER, **secure, certificateArn=arn)
    account.cloud.issue(arn, real_time.now())
    account.make("secure", LISTENER, **secure, certificateArn=arn)


def test_a_load_balancer_needs_groups_that_exist(account: Account) -> None:
    account.network()
    with pytest.raises(RefusedError, match="InvalidSecurityGroup"):
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
    with pytest.raises(RefusedError, match="Invalid retention period"):
        account.make("logs", LOGS, name="/mesh", retentionInDays=31)


PATH = "/istio-eks-dev/contract"


def held(account: Account) -> tuple[str, str]:
    """Text and tier of the parameter."""
    ssm = account.cloud.session.ssm
    [described] = ssm.describe_parameters()["Parameters"]
    return ssm.get_parameter(Name=PATH)["Parameter"]["Value"], described["Tier"]


def parameter(account: Account, value: str = "{}", name: str = PATH) -> None:
    account.make(name, PARAMETER, name=name, type="String", tier="Intelligent-Tiering", insecureValue=value)


def test_a_parameter_is_written_anew_in_place_and_its_tier_never_goes_back(account: Account) -> None:
    parameter(account)
    assert held(account) == ("{}", "Standard")
    assert account.change(PATH, insecureValue="x" * 4097)["version"] == 2
    assert held(account) == ("x" * 4097, "Advanced")
    account.change(PATH, insecureValue="small", tags={"team": "platform"})
    assert held(account) == ("small", "Advanced")
    account.drop(PATH)
    assert account.cloud.leftovers() == []


@pytest.mark.parametrize(
    ("value", "name", "says"),
    [
        ("x" * 8193, PATH, "maximum parameter value of 8192"),
        ('{"a": "{{b}}"}', PATH, "can't nest another parameter"),
        ("{}", "/aws/contract", "No access to reserved parameter name"),
    ],
)
def test_parameters_that_aws_refuses(account: Account, value: str, name: str, says: str) -> None:
    with pytest.raises(RefusedError, match=says):
        parameter(account, value, name)


def test_a_parameter_in_use_is_not_taken_over(account: Account) -> None:
    parameter(account)
    with pytest.raises(RefusedError, match="ParameterAlreadyExists"):
        parameter(account)
