"""Rules for names that AWS bounds and for the stack's own name."""

import re
from collections.abc import Iterable

from design import names
from design.problems import Problem
from design.rules.registry import Context, rule

# docs.aws.amazon.com/eks, CreateCluster, name.
LONGEST_CLUSTER = 100
CLUSTER = re.compile(r"[0-9A-Za-z][-_0-9A-Za-z]*")
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")


@rule
def stack(context: Context) -> Iterable[Problem]:
    """Project and stack make the name of an EKS cluster."""
    cluster = f"{names.PROJECT}-{context.stack}"
    if len(cluster) > LONGEST_CLUSTER or not CLUSTER.fullmatch(cluster):
        yield Problem(
            key="the stack's name",
            value=context.stack,
            reason=f"does not make a cluster name: EKS takes letters, digits, hyphens and underscores, "
            f"{LONGEST_CLUSTER} at most, and the cluster is {names.PROJECT}-<stack>.",
            remedy="Rename the stack: pulumi stack rename.",
        )


@rule
def region(context: Context) -> Iterable[Problem]:
    """Everything is in one AWS region."""
    if not REGION.fullmatch(context.region):
        yield Problem(
            key="aws:region",
            value=context.region,
            reason="is not an AWS region.",
            remedy="Write one, as in us-west-2; zones have a letter more.",
        )
