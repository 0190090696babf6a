"""Rules for names that AWS bounds and for the stack's own name."""

import re
from collections.abc import Iterable

from design import names
from design.problems import Problem
from design.rules.registry import Context, rule

# docs.aws.amazon.com/eks, CreateCluster, name.
LONGEST_CLUSTER = 100
CLUSTER = re.compile(r"[0-9A-Za-z][-_0-9A-Za-z]*")
REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d")
# Regions of the partitions aws-cn, aws-iso, aws-iso-b, -e, -f and aws-eusc (botocore, data/partitions.json): their
# services answer under other domains, and their endpoint services have other names.
FOREIGN = re.compile(r"cn-.*|[a-z]{2}-iso[a-z]*-.*|eusc-.*")


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
    elif FOREIGN.fullmatch(context.region):
        yield Problem(
            key="aws:region",
            value=context.region,
            reason="is of another partition: this program builds ARNs and endpoint names of the partitions aws and "
            "aws-us-gov only.",
            remedy="Write a region of these, as in us-west-2 or us-gov-west-1.",
        )


def is_supported(region: str) -> bool:
    """Whether ``region`` takes it; other settings are not compared with one that it refuses."""
    return bool(REGION.fullmatch(region)) and not FOREIGN.fullmatch(region)
