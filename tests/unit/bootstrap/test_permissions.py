"""What the roles of the pipelines may do: what the platform needs, listed, and no other stack's state."""

from typing import Any

import pytest

from components.aws import iam
from examples.bootstrap.ci import documents, names, permissions, roles, state
from examples.bootstrap.ci.reads import READS
from examples.bootstrap.ci.roles import RolePlan
from examples.bootstrap.ci.writes import WRITES
from tests.support.unit import bootstrap, iam_policies
from tests.support.unit.recorded import Stack

SETTINGS = bootstrap.settings()
PLANS = {plan.name: plan for plan in roles.plans(SETTINGS)}
DEPLOYS = [name for name in PLANS if "deploy" in name]
# What remote components of the platform make inside.
INSIDE = {
    "eks:index:Cluster": {"aws:eks/cluster:Cluster"},
    "eks:index:ManagedNodeGroup": {"aws:eks/nodeGroup:NodeGroup"},
}
# AWS, "IAM and AWS STS quotas": inline policies of a role, a trust policy, without blanks.
INLINE, TRUST = 10240, 2048
SPOKEN = ("Get", "List", "Describe")


@pytest.fixture(scope="module", params=["dev", "prod"])
def platform(request: pytest.FixtureRequest) -> Stack:
    return bootstrap.platform(request.param)


def actions(plan: RolePlan) -> set[str]:
    found = [each for policy in plan.policies.values() for each in iam_policies.statements(policy)]
    return {action for statement in found for action in iam_policies.listed(statement["Action"])}


def may(name: str, action: str, resource: str, **context: str) -> bool:
    context = {"aws:RequestedRegion": bootstrap.REGION, **context}
    return any(iam_policies.allows(policy, action, resource, context) for policy in PLANS[name].policies.values())


def object_arn(path: str) -> str:
    return f"{names.bucket_arn(SETTINGS)}/{path}"


def test_every_type_of_the_platform_is_read_and_written(platform: Stack) -> None:
    types = {node.resource["type"] for node in platform.nodes}
    made = {each for each in types if each.startswith("aws:")}
    made |= {inner for each in types if each.startswith("eks:") for inner in INSIDE[each]}
    assert made - READS.keys() == set()
    assert made - WRITES.keys() == set()


def test_no_type_is_there_that_the_platform_does_not_have() -> None:
    types = {node.resource["type"] for stack in ("dev", "prod") for node in bootstrap.platform(stack).nodes}
    types |= {inner for each in types & INSIDE.keys() for inner in INSIDE[each]}
    assert READS.keys() - types == {"aws:ec2/getVpc:getVpc"}
    assert WRITES.keys() - types == set()


def test_roles_of_the_platform_have_names_that_a_deployment_may_touch(platform: Stack) -> None:
    for node in platform.of_type("aws:iam/role:Role"):
        arn = names.role_arn(SETTINGS, f"{node.name}-1a2b3c4")
        assert may("istio-eks-deploy-dev", "iam:CreateRole", arn), node.name
        assert may("istio-eks-deploy-dev", "iam:PassRole", arn, **{"iam:PassedToService": "eks.amazonaws.com"})


def test_policies_that_a_deployment_attaches_are_those_of_the_platform() -> None:
    used = {*iam.NODE_POLICIES, *iam.CLUSTER_POLICIES, iam.EBS_CSI_POLICY}
    assert set(permissions.ATTACHED) == used
    role = names.role_arn(SETTINGS, "cluster-nodes-1a2b3c4")
    for policy in permissions.ATTACHED:
        ours = {"iam:PolicyARN": f"arn:aws:iam::aws:policy/{policy}"}
        assert may("istio-eks-deploy-dev", "iam:AttachRolePolicy", role, **ours), policy
    admin = {"iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess"}
    assert not may("istio-eks-deploy-dev", "iam:AttachRolePolicy", role, **admin)


@pytest.mark.parametrize(
    "resource",
    [
        "eks|cluster/istio-eks-dev",
        "eks|nodegroup/istio-eks-dev/cluster-nodes-apps/1",
        "logs|log-group:/aws/eks/istio-eks-dev/cluster",
        "ssm|parameter/istio-eks-dev/contract",
        "elasticloadbalancing|loadbalancer/net/gateway-public-1a2b3c4/5d6e",
        "elasticloadbalancing|targetgroup/gateway-public-tls-1a2b3c4/5d6e",
    ],
)
def test_what_has_a_name_of_the_stack_is_its_own(resource: str) -> None:
    service, _, name = resource.partition("|")
    action = {
        "eks": "eks:TagResource",
        "logs": "logs:TagResource",
        "ssm": "ssm:PutParameter",
        "elasticloadbalancing": "elasticloadbalancing:AddTags",
    }[service]
    assert may("istio-eks-deploy-dev", action, names.arn(SETTINGS, service, name))
    if "istio-eks-dev" in name:
        other = names.arn(SETTINGS, service, name.replace("istio-eks-dev", "istio-eks-prod"))
        assert not may("istio-eks-deploy-dev", action, other)


@pytest.mark.parametrize("name", DEPLOYS)
def test_a_deployment_cannot_change_what_it_stands_on(name: str) -> None:
    for role in PLANS:
        for action in ("iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy", "iam:DeleteRole", "iam:PassRole"):
            context = {"iam:PassedToService": "eks.amazonaws.com"}
            assert not may(name, action, names.role_arn(SETTINGS, role), **context)
    assert not may(name, "iam:DeleteOpenIDConnectProvider", names.provider_arn(SETTINGS))
    assert not may(name, "s3:PutBucketPolicy", names.bucket_arn(SETTINGS))
    assert not may(name, "s3:DeleteObjectVersion", object_arn(".pulumi/stacks/istio-eks/dev.json"))
    assert not may(name, "kms:DeleteAlias", names.arn(SETTINGS, "kms", names.key_alias("dev")))


def test_a_deployment_stays_in_its_region() -> None:
    assert may("istio-eks-deploy-dev", "ec2:CreateVpc", "*")
    assert not may("istio-eks-deploy-dev", "ec2:CreateVpc", "*", **{"aws:RequestedRegion": "eu-west-1"})


@pytest.mark.parametrize("plan", PLANS.values(), ids=list(PLANS))
def test_no_action_is_a_pattern(plan: RolePlan) -> None:
    assert [action for action in actions(plan) if "*" in action] == []


@pytest.mark.parametrize("plan", [plan for name, plan in PLANS.items() if name not in DEPLOYS], ids=lambda p: p.name)
def test_previews_and_the_drift_check_only_read(plan: RolePlan) -> None:
    assert [each for each in actions(plan) if not each.split(":")[1].startswith(SPOKEN)] == []


@pytest.mark.parametrize("plan", PLANS.values(), ids=list(PLANS))
def test_nothing_reads_secrets_of_others(plan: RolePlan) -> None:
    forbidden = {"secretsmanager:GetSecretValue", "ssm:GetParameters", "kms:Decrypt", "sts:AssumeRole"}
    assert actions(plan) & forbidden == set()
    assert not may(plan.name, "ssm:GetParameter", names.arn(SETTINGS, "ssm", "parameter/shop/password"))
    assert not may(plan.name, "s3:GetObject", "arn:aws:s3:::another-bucket/key")


@pytest.mark.parametrize(
    "path",
    [
        ".pulumi/stacks/istio-eks/{}.json",
        ".pulumi/stacks/istio-eks/{}.json.bak",
        ".pulumi/history/istio-eks/{}/{}-1.history.json",
        ".pulumi/backups/istio-eks/{}/{}.1.json",
        ".pulumi/locks/organization/istio-eks/{}/1.json",
    ],
)
def test_a_state_is_written_by_its_deployment_and_read_by_its_own(path: str) -> None:
    dev, prod = object_arn(path.format("dev", "dev")), object_arn(path.format("prod", "prod"))
    assert [name for name in PLANS if may(name, "s3:PutObject", dev)] == ["istio-eks-deploy-dev"]
    assert [name for name in PLANS if may(name, "s3:DeleteObject", dev)] == ["istio-eks-deploy-dev"]
    readers = [name for name in PLANS if may(name, "s3:GetObject", prod)]
    assert readers == ["istio-eks-deploy-prod", "istio-eks-preview-prod", "istio-eks-drift"]


def test_the_state_of_this_project_is_the_platform_teams_alone() -> None:
    own = object_arn(".pulumi/stacks/istio-eks-bootstrap/bootstrap.json")
    assert [name for name in PLANS if may(name, "s3:GetObject", own)] == []


def decrypts(stack: str, arn: str, action: str = "kms:Decrypt") -> bool:
    context = {"aws:PrincipalArn": arn}
    return iam_policies.allows(state.key_policy(SETTINGS, stack), action, context=context, principal=arn)


def test_who_can_decrypt_a_state() -> None:
    stranger = f"arn:aws:iam::{bootstrap.ACCOUNT}:role/admin"
    everybody = [*(names.role_arn(SETTINGS, name) for name in PLANS), bootstrap.PLATFORM, stranger]
    able = [arn for arn in everybody if decrypts("prod", arn)]
    assert able == state.decrypters(SETTINGS, "prod")
    assert [arn.rpartition("/")[2] for arn in able] == [
        "istio-eks-deploy-prod",
        "istio-eks-preview-prod",
        "istio-eks-drift",
        "platform",
    ]


def test_who_administers_a_key_cannot_use_it_and_who_uses_it_cannot_administer_it() -> None:
    administrator = f"arn:aws:iam::{bootstrap.ACCOUNT}:role/admin"
    for action in state.ADMINISTER_KEY:
        assert decrypts("dev", administrator, action)
        for name in PLANS:
            use = action == "kms:DescribeKey" and names.role_arn(SETTINGS, name) in state.decrypters(SETTINGS, "dev")
            assert decrypts("dev", names.role_arn(SETTINGS, name), action) is use, (name, action)
    for action in ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:CreateGrant", "kms:ReEncryptFrom"):
        assert not decrypts("dev", administrator, action)


def test_the_bucket_takes_nothing_in_the_clear() -> None:
    policy = state.bucket_policy(SETTINGS)
    (denial,) = iam_policies.statements(policy)
    assert denial["Effect"] == "Deny"
    assert iam_policies.holds(denial, {"aws:SecureTransport": "false"})
    assert not iam_policies.holds(denial, {"aws:SecureTransport": "true"})
    assert denial["Resource"] == [names.bucket_arn(SETTINGS), f"{names.bucket_arn(SETTINGS)}/*"]


@pytest.mark.parametrize("changes", [{}, {"environments": ["e" * 21, "f" * 21, "g" * 21], "branch": "b" * 60}])
def test_policies_fit_what_iam_takes(changes: dict[str, Any]) -> None:
    for plan in roles.plans(bootstrap.settings(**changes)):
        assert sum(len(documents.text(policy)) for policy in plan.policies.values()) <= INLINE, plan.name
        assert len(documents.text(plan.trust)) <= TRUST, plan.name
        assert len(plan.name) <= 64
