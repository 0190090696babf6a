"""Who may enter the cluster: IAM principals and the EKS access policy each gets.

The role that creates the cluster is an administrator already (EKS makes it one and pulumi-eks asks for it): an entry
of its own would be answered with 409.
"""

from dataclasses import dataclass

from design import names, settings

CLUSTER_ADMIN = "AmazonEKSClusterAdminPolicy"
# Reads Kubernetes' own namespaced kinds but Secrets; AmazonEKSAdminViewPolicy reads those too (EKS, "Review access
# policy permissions"). What it leaves out comes from viewer_rules.
VIEW = "AmazonEKSViewPolicy"
ISTIO_GROUPS = ("networking.istio.io", "security.istio.io", "telemetry.istio.io", "extensions.istio.io")
VIEWERS_GROUP = f"{names.PROJECT}:viewers"


@dataclass(frozen=True, kw_only=True)
class AccessPlan:
    """One access entry: a principal and its cluster-wide policy.

    key: logical name, made of the principal alone, so that the order of a list renames nothing.
    groups: Kubernetes groups, for roles of our own.
    """

    key: str
    principal_arn: str
    policy: str
    policy_arn: str
    groups: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ReadRule:
    """Kinds of one API group that may be read."""

    group: str
    resources: tuple[str, ...]
    verbs: tuple[str, ...] = ("get", "list", "watch")


def entries(cluster: settings.Cluster) -> tuple[AccessPlan, ...]:
    """One entry a principal, as EKS keeps them; who is both administrator and viewer is administrator."""
    policies = {**dict.fromkeys(cluster.viewers, VIEW), **dict.fromkeys(cluster.admins, CLUSTER_ADMIN)}
    return tuple(_entry(principal, policies[principal]) for principal in sorted(policies))


def _entry(principal_arn: str, policy: str) -> AccessPlan:
    return AccessPlan(
        key=principal_key(principal_arn),
        principal_arn=principal_arn,
        policy=policy,
        policy_arn=f"arn:{_partition(principal_arn)}:eks::aws:cluster-access-policy/{policy}",
        groups=(VIEWERS_GROUP,) if policy == VIEW else (),
    )


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


def principal_key(principal_arn: str) -> str:
    """``111122223333/role/admin`` of the ARN: distinct for distinct principals, stable for one."""
    account, resource = principal_arn.split(":", 5)[4:]
    return f"{account}/{resource}"


def _partition(arn: str) -> str:
    return arn.split(":")[1]
