"""Rules for capacity: pods fit on the nodes, nodes fit into the subnets."""

from collections.abc import Iterable, Iterator

from ..settings import Settings, validation
from ..settings.problems import Problem
from ..settings.registry import Context, rule
from . import nodes, pods, report


@rule("cluster", "mesh")
def numbers(context: Context) -> Iterable[Problem]:
    """Check that every request and replica count is a number, so that it can be compared with node capacity."""
    for error in pods.not_numbers(context.settings, context.region):
        yield Problem(
            key=validation.path(error.path),
            value=error.value if isinstance(error.value, str | int | float) else None,
            reason="is not a Kubernetes quantity: it cannot be compared with the capacity of the nodes.",
            remedy="Use Kubernetes notation, such as 500m, 2Gi or 3.",
        )


@rule("cluster", "mesh", "tenants")
def nodes_hold_the_pods(context: Context) -> Iterable[Problem]:
    """Check that this stack's pods fit on the minimum number of nodes, and an upgrade on the maximum number."""
    try:
        found = report.groups(context.settings, context.region)
    except ValueError:
        # Settings that cannot be planned, and values that are not numbers, have their own rules.
        return
    else:
        yield from (problem for group in found if group.node for problem in _too_small(group))


def _too_small(group: report.GroupCapacity) -> Iterator[Problem]:
    key = f"cluster.nodes.{group.name}"
    if group.rest is None or group.upgrade is None:
        yield Problem(
            key=f"{key}.instanceTypes",
            value=list(group.instance_types),
            reason=f"is too small: {_largest(group)} requests more than one node has, and its pods would stay Pending.",
            remedy="Use a larger instance type or a smaller mesh.size.",
        )
    elif group.rest > group.least:
        yield Problem(
            key=f"{key}.min",
            value=group.least,
            reason=f"is too few: the pods of this stack need {group.rest} {group.instance_types[0]}. `pulumi up` would "
            "wait for Pending pods, because this stack runs no autoscaler that adds nodes.",
            remedy=f"Use {group.rest} or more, or a larger instance type.",
        )
    elif group.upgrade > group.most:
        yield Problem(
            key=f"{key}.max",
            value=group.most,
            reason=f"is too few for an upgrade: surge pods and a canary istiod need {group.upgrade} nodes.",
            remedy=f"Use {group.upgrade} or more, or a larger instance type.",
        )


def _largest(group: report.GroupCapacity) -> str:
    return max(group.pods, key=lambda each: (each.each.cpu, each.each.memory)).name


@rule("network", "cluster")
def subnets_hold_the_nodes(context: Context) -> Iterable[Problem]:
    """Check that every private subnet has enough addresses for its share of the nodes."""
    try:
        planned = report.subnets(context.settings)
    except ValueError:
        # The rule for the range itself reports the reason.
        return
    short = next((each for each in planned if each.needed is not None and each.needed > each.addresses), None)
    if short:
        yield Problem(
            key="network.cidr",
            value=context.settings.network.cidr,
            reason=f"is too small: {short.zone} gets {short.addresses} addresses ({short.cidr}), but nodes.max nodes "
            f"take {short.needed}, {_at_a_time(context.settings)} at a time. Further pods would get no address.",
            remedy="Use a larger range or a smaller nodes.max.",
        )


def _at_a_time(settings: Settings) -> str:
    return str(nodes.PREFIX_ADDRESSES) if pods.prefixes(settings) else "an interface's"
