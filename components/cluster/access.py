"""Who may enter the cluster: IAM principals and the EKS access policy each gets.

The role that creates the cluster is an administrator already (EKS makes it one and pulumi-eks asks for it): an entry
of its own would be answered with 409.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .. import settings
from ..settings import names

CLUSTER_ADMIN = "AmazonEKSClusterAdminPolicy"
# Reads Kubernetes' own namespaced kinds but Secrets; AmazonEKSAdminViewPolicy reads those too (EKS, "Review access
# policy permissions"). What it leaves out comes from viewer_rules.
VIEW = "AmazonEKSViewPolicy"
ISTIO_GROUPS = ("networking.istio.io", "security.istio.io", "telemetry.istio.io", "extensions.istio.io")
VIEWERS_GROUP = f"{names.PROJECT}:viewers"


@dataclass(frozen=True, kw_only=True)
class AccessPlan:
    """One access entry: a principal, and what it may do in the cluster.

    policy: EKS access policy for the whole cluster, by name; None when the groups say everything.
    groups: Kubernetes groups, for roles of our own.
    """

    principal_arn: str
    policy: str | None = None
    groups: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Logical name, made of the principal alone, so that the order of a list renames nothing.

        ``111122223333/role/admin`` of the ARN: distinct for distinct principals, stable for one.
        """
        account, resource = self.principal_arn.split(":", 5)[4:]
        return f"{account}/{resource}"

    @property
    def policy_arn(self) -> str | None:
        """In the principal's partition."""
        partition = self.principal_arn.split(":")[1]
        return f"arn:{partition}:eks::aws:cluster-access-policy/{self.policy}" if self.policy else None


@dataclass(frozen=True, kw_only=True)
class ReadRule:
    """Kinds of one API group that may be read."""

    group: str
    resources: tuple[str, ...]
    verbs: tuple[str, ...] = ("get", "list", "watch")


def entries(cluster: settings.Cluster, namespaces: Sequence[settings.Namespace] = ()) -> tuple[AccessPlan, ...]:
    """Return one entry per principal: EKS answers a second one with 409.

    A principal listed as administrator and viewer becomes an administrator.

    Args:
        cluster: administrators and viewers.
        namespaces: those whose editors enter as the namespace's group.
    """
    policies = {**dict.fromkeys(cluster.viewers, VIEW), **dict.fromkeys(cluster.admins, CLUSTER_ADMIN)}
    of_policy = (
        AccessPlan(
            principal_arn=principal,
            policy=policies[principal],
            groups=(VIEWERS_GROUP,) if policies[principal] == VIEW else (),
        )
        for principal in sorted(policies)
    )
    return (*of_policy, *_editors(namespaces))


def _editors(namespaces: Sequence[settings.Namespace]) -> Iterator[AccessPlan]:
    groups: dict[str, set[str]] = {}
    for namespace in namespaces:
        for principal in namespace.editors:
            groups.setdefault(principal, set()).add(names.editors_group(namespace.name))
    for principal in sorted(groups):
        yield AccessPlan(principal_arn=principal, groups=tuple(sorted(groups[principal])))


def viewer_rules() -> tuple[ReadRule, ...]:
    """What viewers read beside the access policy: nodes, their load, and the objects of Istio and the gateways."""
    return (
        ReadRule(group="", resources=("nodes", "persistentvolumes")),
        ReadRule(group="metrics.k8s.io", resources=("nodes", "pods")),
        *(ReadRule(group=group, resources=("*",)) for group in ISTIO_GROUPS),
        ReadRule(group="elbv2.k8s.aws", resources=("targetgroupbindings",)),
        ReadRule(group="storage.k8s.io", resources=("storageclasses",)),
        ReadRule(group="apiextensions.k8s.io", resources=("customresourcedefinitions",)),
        ReadRule(
            group="admissionregistration.k8s.io",
            resources=("mutatingwebhookconfigurations", "validatingwebhookconfigurations"),
        ),
    )
