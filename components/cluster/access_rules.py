"""Rules for who may enter the cluster; editors of namespaces have theirs in ``namespaces.rules``."""

from collections.abc import Iterable

from ..settings.problems import Problem
from ..settings.registry import Context, rule

SERVICE_LINKED = ":role/aws-service-role/"


@rule("cluster")
def deployer(context: Context) -> Iterable[Problem]:
    """EKS gives the cluster's creator an access entry itself; a second one is a conflict."""
    cluster = context.settings.cluster
    for role, arns in (("admins", cluster.admins), ("viewers", cluster.viewers)):
        for index, arn in enumerate(arns):
            if arn == cluster.deployer:
                yield Problem(
                    key=f"cluster.{role}[{index}]",
                    value=arn,
                    reason="is cluster.deployer: EKS makes the creator an administrator, and AWS answers 409 to a "
                    "second access entry.",
                    remedy=f"Remove it from {role}.",
                )


@rule("cluster")
def viewers(context: Context) -> Iterable[Problem]:
    """A principal has one access entry."""
    cluster = context.settings.cluster
    for index, arn in enumerate(cluster.viewers):
        if arn in cluster.admins:
            yield Problem(
                key=f"cluster.viewers[{index}]",
                value=arn,
                reason="is listed in cluster.admins too: a principal has one access entry.",
                remedy="Keep it in one list.",
            )


@rule("cluster")
def service_linked_roles(context: Context) -> Iterable[Problem]:
    """AWS refuses access entries for roles that only its services assume."""
    cluster = context.settings.cluster
    listed = [("cluster.deployer", cluster.deployer or "")]
    listed += [(f"cluster.admins[{index}]", arn) for index, arn in enumerate(cluster.admins)]
    listed += [(f"cluster.viewers[{index}]", arn) for index, arn in enumerate(cluster.viewers)]
    for key, arn in listed:
        if SERVICE_LINKED in arn:
            yield Problem(
                key=key,
                value=arn,
                reason="is a service-linked role: EKS refuses an access entry for it.",
                remedy="Write the role that people or your CI assume.",
            )
