"""Rules for the region and for the name of the stack."""

import re
from collections.abc import Iterable

from ..settings import names
from ..settings.problems import Problem
from ..settings.regions import FOREIGN, REGION
from ..settings.registry import LAYERS, Context, rule

# Characters in the name of a cluster (docs.aws.amazon.com/eks, CreateCluster, name).
LONGEST_CLUSTER = 100
CLUSTER = re.compile(r"[0-9A-Za-z][-_0-9A-Za-z]*")
CLUSTER_NAME = (
    f"EKS allows letters, digits, hyphens and underscores, at most {LONGEST_CLUSTER}, and the cluster is named "
    f"{names.PROJECT}-<stack>."
)


@rule("cluster")
def stack(context: Context) -> Iterable[Problem]:
    """Check that project and stack form a valid name for an EKS cluster."""
    if not names_a_cluster(context.stack):
        yield Problem(
            key="the stack's name",
            value=context.stack,
            reason=f"does not form a valid cluster name: {CLUSTER_NAME}",
            remedy="Rename the stack with pulumi stack rename.",
        )


def names_a_cluster(stack: str) -> bool:
    """Check whether EKS accepts the name that project and stack form."""
    cluster = f"{names.PROJECT}-{stack}"
    return len(cluster) <= LONGEST_CLUSTER and bool(CLUSTER.fullmatch(cluster))


@rule(*LAYERS)
def region(context: Context) -> Iterable[Problem]:
    """Check that the region is an AWS region of a supported partition."""
    if not REGION.fullmatch(context.region):
        yield Problem(
            key="aws:region",
            value=context.region,
            reason="is not an AWS region.",
            remedy="Write a region such as us-west-2, without the letter of a zone.",
        )
    elif FOREIGN.fullmatch(context.region):
        yield Problem(
            key="aws:region",
            value=context.region,
            reason="is in a partition that is not supported: this program builds ARNs and endpoint names only for the "
            "partitions aws and aws-us-gov.",
            remedy="Use a region of these partitions, such as us-west-2 or us-gov-west-1.",
        )
