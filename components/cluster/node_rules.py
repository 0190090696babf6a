"""Rules for ``cluster.nodes``."""

import re
from collections.abc import Iterable, Iterator

from ..settings import NodeGroup
from ..settings.problems import Problem
from ..settings.registry import Context, rule
from . import nodes as node_groups

TYPE = re.compile(r"(?P<family>[a-z]+\d+[a-z0-9-]*)\.(?P<size>[a-z0-9-]+)")
# Families on the Xen hypervisor (docs.aws.amazon.com/ec2, "Instances built on the Nitro System" lists the others).
XEN = frozenset({"c3", "c4", "d2", "f1", "g3", "h1", "i2", "i3", "m3", "m4", "p2", "p3", "r3", "r4", "t2", "x1", "x1e"})


@rule("cluster")
def instance_types(context: Context) -> Iterable[Problem]:
    """Check that every node group has instance types in EC2's notation."""
    for key, group in _groups(context):
        if not group.instance_types:
            yield Problem(
                key=key,
                value=None,
                reason="is empty: a node group needs an instance type.",
                remedy="List an instance type, such as [m6i.large].",
            )
        for index, name in enumerate(group.instance_types):
            if not TYPE.fullmatch(name):
                yield Problem(
                    key=f"{key}[{index}]",
                    value=name,
                    reason="is not an EC2 instance type.",
                    remedy="Write family and size, such as m6i.large.",
                )


@rule("cluster")
def nitro(context: Context) -> Iterable[Problem]:
    """Check that every instance type runs on Nitro, which prefix delegation requires."""
    for key, group in _groups(context):
        for index, name in enumerate(group.instance_types):
            if name.split(".")[0] in XEN:
                yield Problem(
                    key=f"{key}[{index}]",
                    value=name,
                    reason="does not run on the AWS Nitro System: prefix delegation requires it, and pods would stay "
                    "Pending.",
                    remedy="Use a newer family, such as m6i.large.",
                )


@rule("cluster")
def architectures(context: Context) -> Iterable[Problem]:
    """Check that the types of a node group have one architecture: the group has one machine image."""
    for key, group in _groups(context):
        if len(set(map(node_groups.architecture, group.instance_types))) > 1:
            yield Problem(
                key=key,
                value=list(group.instance_types),
                reason="mixes x86 and Arm: a node group runs one machine image, which has one architecture.",
                remedy="List types of one architecture.",
            )


@rule("cluster")
def sizes(context: Context) -> Iterable[Problem]:
    """Check that the types of a node group have one size: EKS computes the pod limit from the smallest."""
    for key, group in _groups(context):
        if len({name.rpartition(".")[2] for name in group.instance_types}) > 1:
            yield Problem(
                key=key,
                value=list(group.instance_types),
                reason="mixes sizes: EKS gives every node the pod limit of the smallest type, and the capacity of the "
                "group cannot be computed.",
                remedy="List types of one size, such as [m6i.large, m7i.large].",
            )


@rule("cluster")
def scaling(context: Context) -> Iterable[Problem]:
    """Check that the maximum of a node group is not below its minimum."""
    nodes = context.settings.cluster.nodes
    for name, group in (("system", nodes.system), ("apps", nodes.apps)):
        if group.max < group.min:
            yield Problem(
                key=f"cluster.nodes.{name}.max",
                value=group.max,
                reason=f"is below min, which is {group.min}: EKS rejects the scaling configuration.",
                remedy=f"Use {group.min} or more.",
            )


def _groups(context: Context) -> Iterator[tuple[str, NodeGroup]]:
    nodes = context.settings.cluster.nodes
    yield "cluster.nodes.system.instanceTypes", nodes.system
    yield "cluster.nodes.apps.instanceTypes", nodes.apps
