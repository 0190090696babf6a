"""What one node has left for pods.

Pods: with prefix delegation an interface carries 16 addresses for each but the first of its own; EKS caps the result
at 110, from 30 vCPUs on at 250 (EKS user guide, eks-networking-add-ons). Reserved: nodeadm of the AL2023 image keeps a
share of each vCPU and 11 MiB for each pod that the type could hold without prefixes, and evicts below 100 MiB
(awslabs/amazon-eks-ami, nodeadm/internal/kubelet). Memory: Karpenter's rule of thumb that the hypervisor and the
kernel take 7.5 %; the real number differs a little by type.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from design.instance_types import InstanceType

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
        return self.pods >= other.pods and self.cpu >= other.cpu and self.memory >= other.memory


def total(rooms: Iterable[Room]) -> Room:
    """Sum of requests."""
    found = list(rooms)
    return Room(
        pods=sum(each.pods for each in found),
        cpu=sum(each.cpu for each in found),
        memory=sum(each.memory for each in found),
    )


def max_pods(instance: InstanceType) -> int:
    """Pods that EKS lets run on a node of this type."""
    by_addresses = instance.interfaces * (instance.addresses - 1) * PREFIX_ADDRESSES + HOST_NETWORK_PODS
    return min(by_addresses, PODS if instance.vcpus < MANY_VCPUS else PODS_OF_MANY_VCPUS)


def allocatable(instance: InstanceType) -> Room:
    """What the scheduler may give to pods on one node."""
    pods_without_prefixes = instance.interfaces * (instance.addresses - 1) + HOST_NETWORK_PODS
    reserved_memory = 11 * pods_without_prefixes + 255 + EVICTION_MIB
    reserved_cpu = sum(_FIRST_CPUS[: instance.vcpus]) + int(_FURTHER_CPU * max(0, instance.vcpus - len(_FIRST_CPUS)))
    return Room(
        pods=max_pods(instance),
        cpu=instance.vcpus * 1000 - reserved_cpu,
        memory=int(instance.memory_gib * 1024 * (1 - MEMORY_TAKEN)) - reserved_memory,
    )


def addresses(instance: InstanceType) -> int:
    """Addresses of its subnet that a full node takes: whole prefixes, one more kept warm, one for each interface."""
    prefixes = -(-(max_pods(instance) - HOST_NETWORK_PODS) // PREFIX_ADDRESSES) + WARM_PREFIXES
    slots = instance.addresses - 1
    prefixes = min(prefixes, instance.interfaces * slots)
    return prefixes * PREFIX_ADDRESSES + -(-prefixes // slots)


def nodes_for(pods: Iterable[Room], node: Room) -> int | None:
    """How many such nodes hold the pods, put by the largest first; ``None`` when one fits on no node.

    An upper bound: the scheduler may do better, and spreading over zones is only a wish.
    """
    waiting = sorted(pods, key=lambda pod: (pod.cpu + pod.memory, pod.cpu), reverse=True)
    if not all(node.holds(pod) for pod in waiting):
        return None
    free: list[Room] = []
    for pod in waiting:
        index = next((at for at, room in enumerate(free) if room.holds(pod)), len(free))
        free[index : index + 1] = [(free[index] if index < len(free) else node).less(pod)]
    return len(free)
