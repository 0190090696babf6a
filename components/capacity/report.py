"""Whether nodes and subnets hold what the stack puts on them.

Every number is of the scheduler's world: requests against allocatable, addresses against prefixes. Pods of app teams
are unknown and not counted.
"""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass

from ..network import addressing
from ..settings import NodeGroup, Settings
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
