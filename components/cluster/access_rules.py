"""Rules for access to the cluster; those for editors of namespaces are in ``namespaces.rules``."""

from collections.abc import Iterable

from ..settings.problems import Problem
from ..settings.registry import Context, rule

SERVICE_LINKED = ":role/aws-service-role/"


@rule("cluster")
def deployer(context: Context) -> Iterable[Problem]:
    """Check that the deployer is not listed: EKS gives the cluster's creator an access entry itself."""
    cluster = context.settings.cluster
    for role, arns in (("admins", cluster.admins), ("viewers", cluster.viewers)):
        for index, arn in enumerate(arns):
            if arn == cluster.deployer:
                yield Problem(
                    key=f"cluster.{role}[{index}]",
                    value=arn,
                    reason="is also cluster.deployer: EKS makes the cluster's creator an administrator and answers 409 "
                    "to a second access entry.",
                    remedy=f"Remove it from {role}.",
                )


@rule("cluster")
def viewers(context: Context) -> Iterable[Problem]:
    """Check that no viewer is an administrator too: a principal has one access entry."""
    cluster = context.settings.cluster
    for index, arn in enumerate(cluster.viewers):
        if arn in cluster.admins:
            yield Problem(
                key=f"cluster.viewers[{index}]",
                value=arn,
                reason="is also listed in cluster.admins: EKS keeps one access entry for each principal.",
                remedy="Keep it in one of the two lists.",
            )


@rule("cluster")
def service_linked_roles(context: Context) -> Iterable[Problem]:
    """Check that no role is service-linked: EKS rejects access entries for roles that only AWS services assume."""
    cluster = context.settings.cluster
    listed = [("cluster.deployer", cluster.deployer or "")]
    listed += [(f"cluster.admins[{index}]", arn) for index, arn in enumerate(cluster.admins)]
    listed += [(f"cluster.viewers[{index}]", arn) for index, arn in enumerate(cluster.viewers)]
    for key, arn in listed:
        if SERVICE_LINKED in arn:
            yield Problem(
                key=key,
                value=arn,
                reason="is a service-linked role: EKS rejects an access entry for it.",
                remedy="Use the role that people or your CI assume.",
            )
