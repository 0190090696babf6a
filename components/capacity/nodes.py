"""What one node has left for pods.

Pods: with prefix delegation an interface carries 16 addresses for each but the first of its own; EKS caps the result
at 110, from 30 vCPUs on at 250 (EKS user guide, eks-networking-add-ons). Reserved: nodeadm of the AL2023 image keeps a
share of each vCPU and 11 MiB for each pod that the type could hold without prefixes, and evicts below 100 MiB
(awslabs/amazon-eks-ami, nodeadm/internal/kubelet). Memory: Karpenter's rule of thumb that the hypervisor and the
kernel take 7.5 %; the real number differs a little by type.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from .instance_types import InstanceType

PREFIX_ADDRESSES = 16
# Prefixes kept ready beyond the pods (WARM_PREFIX_TARGET).
WARM_PREFIXES = 1
MANY_VCPUS, PODS, PODS_OF_MANY_VCPUS = 30, 110, 250
HOST_NETWORK_PODS = 2
MEMORY_TAKEN = 0.075
EVICTION_MIB = 100
# Millicores reserved of the first, second, third and fourth, and every further vCPU.
_FIRST_CPUS, _FURTHER_CPU = (60, 10, 5, 5), 2.5


@dataclass(frozen=True, kw_only=True)
class Room:
    """Pods, CPU in millicores, memory in MiB."""

    pods: int
    cpu: int
    memory: int

    def less(self, other: "Room") -> "Room":
        """What is left after another has been served; never below nothing."""
        return Room(
            pods=max(0, self.pods - other.pods),
            cpu=max(0, self.cpu - other.cpu),
            memory=max(0, self.memory - other.memory),
        )

    def holds(self, other: "Room") -> bool:
        """Whether another fits."""
        return self.times(other) > 0

    def times(self, other: "Room") -> int:
        """How often another fits."""
        shares = ((self.pods, other.pods), (self.cpu, other.cpu), (self.memory, other.memory))
        return min(have // ask for have, ask in shares if ask)

    def many(self, number: int) -> "Room":
        """The sum of as many."""
        return Room(pods=self.pods * number, cpu=self.cpu * number, memory=self.memory * number)


def total(rooms: Iterable[Room]) -> Room:
    """Sum of requests."""
    found = list(rooms)
    return Room(
        pods=sum(each.pods for each in found),
        cpu=sum(each.cpu for each in found),
        memory=sum(each.memory for each in found),
    )


def max_pods(instance: InstanceType, *, prefixes: bool = True) -> int:
    """Pods that EKS lets run on a node of this type; without prefixes each takes an address of its own."""
    each = PREFIX_ADDRESSES if prefixes else 1
    by_addresses = instance.interfaces * (instance.addresses - 1) * each + HOST_NETWORK_PODS
    return min(by_addresses, PODS if instance.vcpus < MANY_VCPUS else PODS_OF_MANY_VCPUS)


def allocatable(instance: InstanceType, *, prefixes: bool = True) -> Room:
    """What the scheduler may give to pods on one node."""
    pods_without_prefixes = instance.interfaces * (instance.addresses - 1) + HOST_NETWORK_PODS
    reserved_memory = 11 * pods_without_prefixes + 255 + EVICTION_MIB
    reserved_cpu = sum(_FIRST_CPUS[: instance.vcpus]) + int(_FURTHER_CPU * max(0, instance.vcpus - len(_FIRST_CPUS)))
    return Room(
        pods=max_pods(instance, prefixes=prefixes),
        cpu=instance.vcpus * 1000 - reserved_cpu,
        memory=int(instance.memory_gib * 1024 * (1 - MEMORY_TAKEN)) - reserved_memory,
    )


def addresses(instance: InstanceType, *, prefixes: bool = True) -> int:
    """Addresses of its subnet that a full node takes: whole prefixes, one more kept warm, one for each interface.

    Without prefixes an interface takes all of its addresses at once, and a full node has every interface.
    """
    if not prefixes:
        return instance.interfaces * instance.addresses
    blocks = -(-(max_pods(instance) - HOST_NETWORK_PODS) // PREFIX_ADDRESSES) + WARM_PREFIXES
    slots = instance.addresses - 1
    blocks = min(blocks, instance.interfaces * slots)
    return blocks * PREFIX_ADDRESSES + -(-blocks // slots)


def nodes_for(pods: Iterable[tuple[Room, int]], node: Room) -> int | None:
    """How many such nodes hold pods of several kinds, each with its number; ``None`` when one fits on no node.

    Largest first, each on the first node with room. An upper bound: the scheduler may do better; it only wishes to
    spread pods over zones.
    """
    waiting = sorted(
        ((pod, number) for pod, number in pods if number), key=lambda each: -(each[0].cpu + each[0].memory)
    )
    if not all(node.holds(pod) for pod, _ in waiting):
        return None
    # Nodes that are equally full stand together: the number of pods may be anything.
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
    """As many nodes with this room each, the first of them filled with the pods."""
    if not number:
        return [(room, nodes)]
    a_node = room.times(pod)
    full, rest = divmod(number, a_node)
    groups = [(room.less(pod.many(a_node)), full), (room.less(pod.many(rest)), 1 if rest else 0)]
    return [(left, many) for left, many in [*groups, (room, nodes - full - (1 if rest else 0))] if many]
