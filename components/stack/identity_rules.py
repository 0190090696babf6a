"""Rules for names that AWS bounds and for the stack's own name."""

import re
from collections.abc import Iterable

from ..settings import names
from ..settings.problems import Problem
from ..settings.regions import FOREIGN, REGION
from ..settings.registry import LAYERS, Context, rule

# docs.aws.amazon.com/eks, CreateCluster, name.
LONGEST_CLUSTER = 100
CLUSTER = re.compile(r"[0-9A-Za-z][-_0-9A-Za-z]*")
CLUSTER_NAME = (
    f"EKS takes letters, digits, hyphens and underscores, {LONGEST_CLUSTER} at most, and the cluster is "
    f"{names.PROJECT}-<stack>."
)


@rule("cluster")
def stack(context: Context) -> Iterable[Problem]:
    """Project and stack make the name of an EKS cluster."""
    if not names_a_cluster(context.stack):
        yield Problem(
            key="the stack's name",
            value=context.stack,
            reason=f"does not make a cluster name: {CLUSTER_NAME}",
            remedy="Rename the stack: pulumi stack rename.",
        )


def names_a_cluster(stack: str) -> bool:
    """Return whether EKS takes the name that project and stack make."""
    cluster = f"{names.PROJECT}-{stack}"
    return len(cluster) <= LONGEST_CLUSTER and bool(CLUSTER.fullmatch(cluster))


@rule(*LAYERS)
def region(context: Context) -> Iterable[Problem]:
    """Everything is in one AWS region."""
    if not REGION.fullmatch(context.region):
        yield Problem(
            key="aws:region",
            value=context.region,
            reason="is not an AWS region.",
            remedy="Write one, as in us-west-2; zones have a letter more.",
        )
    elif FOREIGN.fullmatch(context.region):
        yield Problem(
            key="aws:region",
            value=context.region,
            reason="is of another partition: this program builds ARNs and endpoint names of the partitions aws and "
            "aws-us-gov only.",
            remedy="Write a region of these, as in us-west-2 or us-gov-west-1.",
        )
