"""What a Node of EKS says of itself, as an object."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from components.capacity import nodes as node_capacity
from components.capacity.instance_types import InstanceType, find
from components.cluster.nodes import Taint, architecture
from components.settings import versions

# Stands for a type that nobody here knows the size of.
USUAL = "m6i.large"
PLAYED = "played by local.node"
_ARCHITECTURES = {"x86_64": "amd64", "arm64": "arm64"}


@dataclass(frozen=True, kw_only=True)
class NodePlan:
    """One node that a group starts.

    labels: without those that every node has. prefixes: whether its pods get addresses by the block (vpc-cni).
    """

    name: str
    labels: Mapping[str, str]
    taints: tuple[Taint, ...]
    instance_type: str
    zone: str
    region: str
    prefixes: bool = True


def taints(plan: NodePlan) -> list[dict[str, str]]:
    """Return the taints of the Node's spec."""
    return [{"key": taint.key, "value": taint.value, "effect": taint.effect} for taint in plan.taints]


def labels(plan: NodePlan) -> dict[str, str]:
    """Return the labels: the group's own, and those that kubelet and cloud controller add."""
    return {
        "kubernetes.io/hostname": plan.name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": _ARCHITECTURES[architecture(plan.instance_type)],
        "node.kubernetes.io/instance-type": plan.instance_type,
        "topology.kubernetes.io/region": plan.region,
        "topology.kubernetes.io/zone": plan.zone,
        **plan.labels,
    }


def status(plan: NodePlan, address: str) -> dict[str, Any]:
    """Return the status: Ready, with the capacity of the instance type."""
    instance = find(plan.instance_type) or find(USUAL)
    assert instance
    return {
        "addresses": [{"type": "InternalIP", "address": address}, {"type": "Hostname", "address": plan.name}],
        "capacity": _resources(_capacity(instance, plan.prefixes)),
        "allocatable": _resources(node_capacity.allocatable(instance, prefixes=plan.prefixes)),
        "conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady", "message": PLAYED}],
        "nodeInfo": {
            "architecture": _ARCHITECTURES[architecture(plan.instance_type)],
            "bootID": "",
            "containerRuntimeVersion": PLAYED,
            "kernelVersion": "",
            "kubeProxyVersion": "",
            "kubeletVersion": f"v{versions.KUBERNETES}.0",
            "machineID": "",
            "operatingSystem": "linux",
            "osImage": PLAYED,
            "systemUUID": "",
        },
    }


def _capacity(instance: InstanceType, prefixes: bool) -> node_capacity.Room:
    memory = int(instance.memory_gib * 1024 * (1 - node_capacity.MEMORY_TAKEN))
    return node_capacity.Room(
        pods=node_capacity.max_pods(instance, prefixes=prefixes), cpu=instance.vcpus * 1000, memory=memory
    )


def _resources(room: node_capacity.Room) -> dict[str, str]:
    return {
        "pods": str(room.pods),
        "cpu": f"{room.cpu}m",
        "memory": f"{room.memory}Mi",
        "ephemeral-storage": "80Gi",
    }
