"""Rules about room: nodes hold the pods, subnets hold the nodes."""

from collections.abc import Iterable, Iterator

from ..settings import Settings, validation
from ..settings.problems import Problem
from ..settings.registry import Context, rule
from . import nodes, pods, report


@rule("cluster", "mesh")
def numbers(context: Context) -> Iterable[Problem]:
    """What pods ask for can be compared with what nodes have."""
    for error in pods.not_numbers(context.settings, context.region):
        yield Problem(
            key=validation.path(error.path),
            value=error.value if isinstance(error.value, str | int | float) else None,
            reason="is no quantity of Kubernetes: it cannot be compared with what nodes have.",
            remedy="Write it as Kubernetes does, as in 500m, 2Gi and 3.",
        )


@rule("cluster", "mesh", "tenants")
def nodes_hold_the_pods(context: Context) -> Iterable[Problem]:
    """The program's own pods start on the nodes there are, and have room for an upgrade on the nodes there may be."""
    try:
        found = report.groups(context.settings, context.region)
    except ValueError:
        # What cannot be planned at all, or is no number, has its own rule.
        return
    else:
        yield from (problem for group in found if group.node for problem in _too_small(group))


def _too_small(group: report.GroupCapacity) -> Iterator[Problem]:
    key = f"cluster.nodes.{group.name}"
    if group.rest is None or group.upgrade is None:
        yield Problem(
            key=f"{key}.instanceTypes",
            value=list(group.instance_types),
            reason=f"is too small: {_largest(group)} asks for more than a node has, and would stay Pending.",
            remedy="Name a larger instance type, or a smaller mesh.size.",
        )
    elif group.rest > group.least:
        yield Problem(
            key=f"{key}.min",
            value=group.least,
            reason=f"is too few: what is installed asks for {group.rest} {group.instance_types[0]}, and `pulumi up` "
            "would wait for Pending pods; nothing here adds nodes.",
            remedy=f"Write {group.rest} or more, or name a larger instance type.",
        )
    elif group.upgrade > group.most:
        yield Problem(
            key=f"{key}.max",
            value=group.most,
            reason=f"leaves no room for an upgrade: surge and a canary istiod ask for {group.upgrade} nodes.",
            remedy=f"Write {group.upgrade} or more, or name a larger instance type.",
        )


def _largest(group: report.GroupCapacity) -> str:
    return max(group.pods, key=lambda each: (each.each.cpu, each.each.memory)).name


@rule("network", "cluster")
def subnets_hold_the_nodes(context: Context) -> Iterable[Problem]:
    """Every private subnet has the addresses of its share of the nodes."""
    try:
        planned = report.subnets(context.settings)
    except ValueError:
        # The rule for the range itself says why.
        return
    short = next((each for each in planned if each.needed is not None and each.needed > each.addresses), None)
    if short:
        yield Problem(
            key="network.cidr",
            value=context.settings.network.cidr,
            reason=f"gives {short.zone} {short.addresses} addresses ({short.cidr}); with every node of nodes.max "
            f"{short.needed} are taken, {_at_a_time(context.settings)} at a time, and pods would get none.",
            remedy="Write a larger range, or a smaller nodes.max.",
        )


def _at_a_time(settings: Settings) -> str:
    return str(nodes.PREFIX_ADDRESSES) if pods.prefixes(settings) else "an interface's"
