"""Capacity report: whether nodes and subnets are large enough for the stack.

All numbers are those of the scheduler: requests against allocatable resources, prefixes against addresses. Pods of app
teams are unknown and not counted.
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

# Addresses of every subnet that AWS reserves (VPC user guide, "Subnet CIDR blocks").
AWS_OWN = 5


@dataclass(frozen=True, kw_only=True)
class GroupCapacity:
    """Capacity of one node group."""

    name: str
    """Name of the group in the settings."""
    instance_types: tuple[str, ...]
    """Instance types, in order of preference."""
    least: int
    """Minimum number of nodes."""
    most: int
    """Maximum number of nodes."""
    node: Room | None
    """Resources of a node for pods other than daemons; ``None`` if the instance type is not known."""
    daemons: Room
    """Requests of the daemons on each node."""
    pods: tuple[Pods, ...]
    """Pods of the group, without daemons."""
    rest: int | None
    """Nodes that the pods need in the steady state; ``None`` if a pod fits on no such node."""
    upgrade: int | None
    """Nodes that they need while istiod and gateways are upgraded, including a canary istiod; ``None`` as above."""
    peak: int | None
    """Nodes that they need with every autoscaler at its maximum; ``None`` as above."""


@dataclass(frozen=True, kw_only=True)
class SubnetCapacity:
    """Capacity of one private subnet."""

    zone: str
    """Availability zone."""
    cidr: str
    """Address range."""
    addresses: int
    """Number of usable addresses."""
    needed: int | None
    """Addresses that the maximum number of nodes takes; ``None`` if an instance type is not known."""


@dataclass(frozen=True, kw_only=True)
class CapacityReport:
    """Capacity of a stack."""

    groups: tuple[GroupCapacity, ...]
    """Node groups."""
    subnets: tuple[SubnetCapacity, ...]
    """Private subnets; none for an existing VPC."""
    cost: Cost
    """Monthly cost."""
    mesh: MeshRoom
    """Size of the mesh that the memory requests support."""


def report(settings: Settings, region: str) -> CapacityReport:
    """Return the capacity report of a stack, whose settings every other rule must accept."""
    return CapacityReport(
        groups=groups(settings, region),
        subnets=subnets(settings),
        cost=cost(settings, region),
        mesh=mesh_room.room(settings, region),
    )


def groups(settings: Settings, region: str) -> tuple[GroupCapacity, ...]:
    """Return the capacity of both node groups."""
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
    """Return the capacity of the private subnets; none for an existing VPC."""
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
    """Return the addresses needed in one zone, with evenly spread nodes and one more of each group for its upgrade."""
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
