"""What the roles may do in AWS beside the state: read what the platform has, and make it.

EC2 gives names to nothing, so its actions are limited to the region; what has a name is limited to the names that the
platform gives. Names of roles, NLBs and their parts are alike in all stacks of an account.
"""

from collections.abc import Iterator

from . import names
from .documents import Document, Statement, allow, document
from .reads import READS
from .settings import Settings
from .writes import WRITES

# Roles by the logical names of the platform's components, which Pulumi ends with a few random characters.
ROLES = ("cluster-*", "network-*")
# Policies of AWS that the platform attaches, and the only ones that a deployment may.
ATTACHED = (
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonEKSClusterPolicy",
    "AmazonEKSWorkerNodePolicy",
    "AmazonEKS_CNI_Policy",
    "AmazonSSMManagedInstanceCore",
    "service-role/AmazonEBSCSIDriverPolicy",
)
# Who may be handed one of those roles.
PASSED_TO = ("ec2.amazonaws.com", "eks.amazonaws.com", "pods.eks.amazonaws.com", "vpc-flow-logs.amazonaws.com")
# Services that make their own role the first time in an account.
OWN_ROLES = (
    "autoscaling.amazonaws.com",
    "eks.amazonaws.com",
    "eks-nodegroup.amazonaws.com",
    "elasticloadbalancing.amazonaws.com",
    "spot.amazonaws.com",
)

# What stands below a cluster in EKS.
EKS_KINDS = ("access-entry", "addon", "nodegroup", "podidentityassociation")


def reads(settings: Settings) -> Document:
    """Allow reading every type of the platform.

    Most of these actions take no resource. Actions that return secrets are excluded; only the platform's own parameters
    are readable.
    """
    actions = _of(READS)
    one = ("ssm:GetParameter", "ssm:ListTagsForResource")
    parameters = [names.arn(settings, "ssm", f"parameter/{names.environment(s)}/*") for s in settings.environments]
    return document(allow([each for each in actions if each not in one], ["*"]), allow(one, parameters))


def writes(settings: Settings, stack: str) -> Document:
    """Allow creating, changing and deleting everything of one stack.

    A principal that may create roles and write their policies can give them any permission: AWS limits that by a
    permissions boundary only, which the platform's roles do not carry. A deployment therefore counts as an
    administrator of the account.
    """
    left = _of(WRITES)
    statements: list[Statement] = []
    for statement in _scoped(settings, stack):
        statements.append(statement)
        left = [each for each in left if each not in statement["Action"]]
    for service, resources in _named(settings, stack).items():
        actions = [each for each in left if each.startswith(f"{service}:")]
        left = [each for each in left if each not in actions]
        statements.append(allow(actions, resources))
    in_region = {"StringEquals": {"aws:RequestedRegion": settings.region}}
    return document(*statements, allow(left, ["*"], **in_region))


def _of(table: dict[str, tuple[str, ...]]) -> list[str]:
    return sorted({action for actions in table.values() for action in actions})


def _scoped(settings: Settings, stack: str) -> Iterator[Statement]:
    """Yield statements for actions with their own condition, or with other resources than their service's."""
    yield allow(("iam:PassRole",), _roles(settings), StringEquals={"iam:PassedToService": list(PASSED_TO)})
    attached = [f"arn:aws:iam::aws:policy/{name}" for name in ATTACHED]
    attach = ("iam:AttachRolePolicy", "iam:DetachRolePolicy")
    yield allow(attach, _roles(settings), ArnEquals={"iam:PolicyARN": attached})
    own = [f"arn:aws:iam::{settings.account}:role/aws-service-role/{service}/*" for service in OWN_ROLES]
    yield allow(("iam:CreateServiceLinkedRole",), own, StringEquals={"iam:AWSServiceName": list(OWN_ROLES)})
    clusters = f"arn:aws:iam::{settings.account}:oidc-provider/oidc.eks.{settings.region}.amazonaws.com/*"
    provider = WRITES["aws:iam/openIdConnectProvider:OpenIdConnectProvider"]
    yield allow(provider, [clusters])
    alias = names.arn(settings, "kms", f"alias/{names.environment(stack)}/secrets")
    keys = names.arn(settings, "kms", "key/*")
    yield allow(WRITES["aws:kms/alias:Alias"], [alias, keys])
    # A key has no name before it is made.
    yield allow(("kms:CreateKey",), ["*"], StringEquals={"aws:RequestedRegion": settings.region})


def _named(settings: Settings, stack: str) -> dict[str, list[str]]:
    """Return the other resources of each service that belong to the platform."""
    environment = names.environment(stack)
    eks = (f"cluster/{environment}", *(f"{kind}/{environment}/*" for kind in EKS_KINDS))
    balancers = ("loadbalancer/net/gateway-*", "listener/net/gateway-*", "targetgroup/gateway-*")
    groups = (f"log-group:/aws/eks/{environment}/*", "log-group:network-flow-logs-*")
    return {
        "iam": _roles(settings),
        # The policies of the states' keys refuse the pipelines.
        "kms": [names.arn(settings, "kms", "key/*")],
        "eks": [names.arn(settings, "eks", each) for each in eks],
        "elasticloadbalancing": [names.arn(settings, "elasticloadbalancing", each) for each in balancers],
        "logs": [names.arn(settings, "logs", each) for each in groups],
        "ssm": [names.arn(settings, "ssm", f"parameter/{environment}/*")],
    }


def _roles(settings: Settings) -> list[str]:
    return [f"arn:aws:iam::{settings.account}:role/{name}" for name in ROLES]
