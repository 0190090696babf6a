"""Whether nodes and subnets hold what the stack puts on them.

Every number is of the scheduler's world: requests against allocatable, addresses against prefixes. Pods of app teams
are unknown and not counted.
"""

import ipaddress
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ..network import addressing
from ..settings import NodeGroup, Settings
from ..settings import validation as shape
from ..settings.problems import Problem
from . import instance_types
from . import mesh_headroom as mesh_room
from . import nodes as node_capacity
from . import pods as pod_requests
from .cost import Cost, cost
from .mesh_headroom import MeshRoom
from .nodes import Room, nodes_for, total
from .pods import Pods

# Five addresses of every subnet are AWS' own (VPC user guide, "Subnet CIDR blocks").
AWS_OWN = 5


@dataclass(frozen=True, kw_only=True)
class GroupCapacity:
    """One node group.

    node: what a node has for pods besides the daemons; ``None`` when the instance type is not known.
    rest, upgrade, peak: nodes that the group's pods need at rest, while istiod and gateways are upgraded (a canary
        istiod counted), and with every autoscaler at its end; ``None`` when a pod fits on no such node.
    """

    name: str
    instance_types: tuple[str, ...]
    least: int
    most: int
    node: Room | None
    daemons: Room
    pods: tuple[Pods, ...]
    rest: int | None
    upgrade: int | None
    peak: int | None


@dataclass(frozen=True, kw_only=True)
class SubnetCapacity:
    """Addresses of a private subnet, and those that the largest number of nodes takes; ``None``: not known."""

    zone: str
    cidr: str
    addresses: int
    needed: int | None


@dataclass(frozen=True, kw_only=True)
class CapacityReport:
    """Nodes, subnets, price and mesh of a stack; no subnets when the network is somebody else's."""

    groups: tuple[GroupCapacity, ...]
    subnets: tuple[SubnetCapacity, ...]
    cost: Cost
    mesh: MeshRoom


def report(settings: Settings, region: str) -> CapacityReport:
    """Everything this module knows of a stack. Call it with settings that the other rules accept."""
    return CapacityReport(
        groups=groups(settings, region),
        subnets=subnets(settings),
        cost=cost(settings, region),
        mesh=mesh_room.room(settings, region),
    )


def groups(settings: Settings, region: str) -> tuple[GroupCapacity, ...]:
    """Both node groups."""
    nodes, daemons = settings.cluster.nodes, total(pod_requests.daemons(settings).values())
    prefixes = pod_requests.prefixes(settings)
    return (
        _group("system", nodes.system, prefixes, daemons, pod_requests.system(settings, region)),
        _group("apps", nodes.apps, prefixes, daemons, pod_requests.apps(settings)),
    )


def _group(name: str, group: NodeGroup, prefixes: bool, daemons: Room, pods: tuple[Pods, ...]) -> GroupCapacity:
    instance = instance_types.smallest(group.instance_types)
    node = node_capacity.allocatable(instance, prefixes=prefixes).less(daemons) if instance else None

    def needed(count: Callable[[Pods], int]) -> int | None:
        return nodes_for([(pod.each, count(pod)) for pod in pods], node) if node else None

    return GroupCapacity(
        name=name,
        instance_types=group.instance_types,
        least=group.min,
        most=group.max,
        node=node,
        daemons=daemons,
        pods=pods,
        rest=needed(lambda pod: pod.rest),
        upgrade=needed(lambda pod: pod.upgrade),
        peak=needed(lambda pod: pod.peak),
    )


def subnets(settings: Settings) -> tuple[SubnetCapacity, ...]:
    """Private subnets of a network of our own."""
    network = settings.network
    if network.existing:
        return ()
    plan = addressing.plan(network.cidr, network.zones)
    needed = _addresses_needed(settings, len(plan.zones))
    return tuple(
        SubnetCapacity(
            zone=zone.zone,
            cidr=zone.private,
            addresses=ipaddress.ip_network(zone.private).num_addresses - AWS_OWN,
            needed=needed,
        )
        for zone in plan.zones
    )


def _addresses_needed(settings: Settings, zones: int) -> int | None:
    """In one zone, when nodes are spread evenly and one more of each group starts during its upgrade."""
    nodes, prefixes = settings.cluster.nodes, pod_requests.prefixes(settings)
    needed = addressing.CONTROL_PLANE_ADDRESSES + len(settings.network.endpoints)
    needed += addressing.LOAD_BALANCER_ADDRESSES * len(settings.gateways)
    for group in (nodes.system, nodes.apps):
        instances = [instance_types.find(name) for name in group.instance_types]
        known = [node_capacity.addresses(each, prefixes=prefixes) for each in instances if each]
        if len(known) < len(instances):
            return None
        needed += (-(-group.max // zones) + 1) * max(known)
    return needed


def numbers(settings: Settings, region: str) -> Iterator[Problem]:
    """What pods ask for can be compared with what nodes have."""
    for error in pod_requests.not_numbers(settings, region):
        yield Problem(
            key=shape.path(error.path),
            value=error.value if isinstance(error.value, str | int | float) else None,
            reason="is no quantity of Kubernetes: it cannot be compared with what nodes have.",
            remedy="Write it as Kubernetes does, as in 500m, 2Gi and 3.",
        )


def nodes_hold_the_pods(settings: Settings, region: str) -> Iterator[Problem]:
    """The program's own pods start on the nodes there are, and have room for an upgrade on the nodes there may be."""
    try:
        found = groups(settings, region)
    except ValueError:
        # What cannot be planned at all, or is no number, has its own rule.
        return
    else:
        yield from (problem for group in found if group.node for problem in _too_small(group))


def _too_small(group: GroupCapacity) -> Iterator[Problem]:
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


def _largest(group: GroupCapacity) -> str:
    return max(group.pods, key=lambda pods: (pods.each.cpu, pods.each.memory)).name


def subnets_hold_the_nodes(settings: Settings, region: str) -> Iterator[Problem]:
    """Every private subnet has the addresses of its share of the nodes."""
    try:
        planned = subnets(settings)
    except ValueError:
        # The rule for the range itself says why.
        return
    short = next((each for each in planned if each.needed is not None and each.needed > each.addresses), None)
    if short:
        yield Problem(
            key="network.cidr",
            value=settings.network.cidr,
            reason=f"gives {short.zone} {short.addresses} addresses ({short.cidr}); with every node of nodes.max "
            f"{short.needed} are taken, {_at_a_time(settings)} at a time, and pods would get none.",
            remedy="Write a larger range, or a smaller nodes.max.",
        )


def _at_a_time(settings: Settings) -> str:
    return str(node_capacity.PREFIX_ADDRESSES) if pod_requests.prefixes(settings) else "an interface's"


RULES: tuple[Callable[[Settings, str], Iterable[Problem]], ...] = (
    numbers,
    nodes_hold_the_pods,
    subnets_hold_the_nodes,
)
