"""Access to the cluster: IAM principals, and the EKS access policy of each.

The role that creates the cluster already is an administrator (EKS makes it one, and pulumi-eks requests it): EKS would
answer 409 to an access entry for it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .. import settings
from ..settings import names

CLUSTER_ADMIN = "AmazonEKSClusterAdminPolicy"
# Allows reading Kubernetes' own namespaced kinds except Secrets, which AmazonEKSAdminViewPolicy includes (EKS, "Review
# access policy permissions"). viewer_rules adds the rest.
VIEW = "AmazonEKSViewPolicy"
ISTIO_GROUPS = ("networking.istio.io", "security.istio.io", "telemetry.istio.io", "extensions.istio.io")
VIEWERS_GROUP = f"{names.PROJECT}:viewers"


@dataclass(frozen=True, kw_only=True)
class AccessPlan:
    """One access entry: a principal, and what it may do in the cluster."""

    principal_arn: str
    """ARN of the IAM role or user."""
    policy: str | None = None
    """Name of the EKS access policy for the whole cluster; None if the groups grant everything."""
    groups: tuple[str, ...] = ()
    """Kubernetes groups, for roles that this stack defines."""

    @property
    def key(self) -> str:
        """Logical name, derived from the principal alone, so that the order of a list renames nothing.

        It is the part ``111122223333/role/admin`` of the ARN, which is unique per principal.
        """
        account, resource = self.principal_arn.split(":", 5)[4:]
        return f"{account}/{resource}"

    @property
    def policy_arn(self) -> str | None:
        """ARN of the access policy, in the principal's partition."""
        partition = self.principal_arn.split(":")[1]
        return f"arn:{partition}:eks::aws:cluster-access-policy/{self.policy}" if self.policy else None


@dataclass(frozen=True, kw_only=True)
class ReadRule:
    """Permission to read kinds of one API group."""

    group: str
    """API group."""
    resources: tuple[str, ...]
    """Plural names of the kinds."""
    verbs: tuple[str, ...] = ("get", "list", "watch")
    """Allowed verbs."""


def entries(cluster: settings.Cluster, namespaces: Sequence[settings.Namespace] = ()) -> tuple[AccessPlan, ...]:
    """Return one entry per principal: EKS answers a second one with 409.

    A principal listed as administrator and viewer becomes an administrator.

    Args:
        cluster: administrators and viewers.
        namespaces: namespaces whose editors get the namespace's group.
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
    """Return what viewers may read beyond the access policy: nodes, metrics, and objects of Istio and the gateways."""
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
