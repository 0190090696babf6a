"""Allocatable resources of one node.

Pods: with prefix delegation an interface has 16 addresses for each of its own but the first; EKS limits the result to
110, or 250 from 30 vCPUs on (EKS user guide, eks-networking-add-ons). Reserved: nodeadm of the AL2023 image reserves a
share of each vCPU and 11 MiB for each pod that the type could run without prefixes, and evicts below 100 MiB
(awslabs/amazon-eks-ami, nodeadm/internal/kubelet). Memory: Karpenter's estimate that hypervisor and kernel take 7.5 %;
the real number differs a little by type.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from .instance_types import InstanceType

PREFIX_ADDRESSES = 16
# Prefixes that the CNI keeps ready in addition (WARM_PREFIX_TARGET).
WARM_PREFIXES = 1
# vCPUs from which the higher limit applies, and the limits of pods below and above.
MANY_VCPUS, PODS, PODS_OF_MANY_VCPUS = 30, 110, 250
# Pods without an address of their own.
HOST_NETWORK_PODS = 2
# Share of the memory that hypervisor and kernel take.
MEMORY_TAKEN = 0.075
EVICTION_MIB = 100
# Millicores reserved from the first four vCPUs, and from every further one.
_FIRST_CPUS, _FURTHER_CPU = (60, 10, 5, 5), 2.5


@dataclass(frozen=True, kw_only=True)
class Room:
    """Resources of a node, or requests of pods."""

    pods: int
    """Number of pods."""
    cpu: int
    """CPU in millicores."""
    memory: int
    """Memory in MiB."""

    def less(self, other: "Room") -> "Room":
        """Subtract other resources, down to zero."""
        return Room(
            pods=max(0, self.pods - other.pods),
            cpu=max(0, self.cpu - other.cpu),
            memory=max(0, self.memory - other.memory),
        )

    def holds(self, other: "Room") -> bool:
        """Check whether the other resources fit."""
        return self.times(other) > 0

    def times(self, other: "Room") -> int:
        """Return how often the other resources fit."""
        shares = ((self.pods, other.pods), (self.cpu, other.cpu), (self.memory, other.memory))
        return min(have // ask for have, ask in shares if ask)

    def many(self, number: int) -> "Room":
        """Multiply by a number."""
        return Room(pods=self.pods * number, cpu=self.cpu * number, memory=self.memory * number)


def total(rooms: Iterable[Room]) -> Room:
    """Return the sum of resources."""
    listed = list(rooms)
    return Room(
        pods=sum(each.pods for each in listed),
        cpu=sum(each.cpu for each in listed),
        memory=sum(each.memory for each in listed),
    )


def max_pods(instance: InstanceType, *, prefixes: bool = True) -> int:
    """Return EKS' limit of pods on a node of this type; without prefixes every pod takes its own address."""
    each = PREFIX_ADDRESSES if prefixes else 1
    by_addresses = instance.interfaces * (instance.addresses - 1) * each + HOST_NETWORK_PODS
    return min(by_addresses, PODS if instance.vcpus < MANY_VCPUS else PODS_OF_MANY_VCPUS)


def allocatable(instance: InstanceType, *, prefixes: bool = True) -> Room:
    """Return the resources that the scheduler may assign to pods on one node."""
    pods_without_prefixes = instance.interfaces * (instance.addresses - 1) + HOST_NETWORK_PODS
    reserved_memory = 11 * pods_without_prefixes + 255 + EVICTION_MIB
    reserved_cpu = sum(_FIRST_CPUS[: instance.vcpus]) + int(_FURTHER_CPU * max(0, instance.vcpus - len(_FIRST_CPUS)))
    return Room(
        pods=max_pods(instance, prefixes=prefixes),
        cpu=instance.vcpus * 1000 - reserved_cpu,
        memory=int(instance.memory_gib * 1024 * (1 - MEMORY_TAKEN)) - reserved_memory,
    )


def addresses(instance: InstanceType, *, prefixes: bool = True) -> int:
    """Return the subnet addresses that a full node takes: its prefixes, a warm prefix, and one per interface.

    Without prefixes an interface takes all of its addresses at once, and a full node has every interface.
    """
    if not prefixes:
        return instance.interfaces * instance.addresses
    blocks = -(-(max_pods(instance) - HOST_NETWORK_PODS) // PREFIX_ADDRESSES) + WARM_PREFIXES
    slots = instance.addresses - 1
    blocks = min(blocks, instance.interfaces * slots)
    return blocks * PREFIX_ADDRESSES + -(-blocks // slots)


def nodes_for(pods: Iterable[tuple[Room, int]], node: Room) -> int | None:
    """Return how many such nodes several kinds of pods need, each with its number; ``None`` if a pod fits on no node.

    Places the largest pods first, each on the first node where it fits. The result is an upper bound: the scheduler may
    do better, and spreading over zones is only a preference.
    """
    waiting = sorted(
        ((pod, number) for pod, number in pods if number), key=lambda each: -(each[0].cpu + each[0].memory)
    )
    if not all(node.holds(pod) for pod, _ in waiting):
        return None
    # Equally full nodes are one entry, because the number of pods may be very large.
    free: list[tuple[Room, int]] = []
    for pod, number in waiting:
        rooms, free = free, []
        for room, nodes in rooms:
            placed = min(number, room.times(pod) * nodes)
            free += _filled(room, nodes, pod, placed)
            number -= placed
        if number:
            free += _filled(node, -(-number // node.times(pod)), pod, number)
    return sum(nodes for _, nodes in free)


def _filled(room: Room, nodes: int, pod: Room, number: int) -> list[tuple[Room, int]]:
    """Return the free resources of so many nodes, after the first of them are filled with the pods."""
    if not number:
        return [(room, nodes)]
    a_node = room.times(pod)
    full, rest = divmod(number, a_node)
    groups = [(room.less(pod.many(a_node)), full), (room.less(pod.many(rest)), 1 if rest else 0)]
    return [(left, many) for left, many in [*groups, (room, nodes - full - (1 if rest else 0))] if many]
