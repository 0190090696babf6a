"""The two node groups: their labels, taints and machine images.

``system`` runs what the cluster needs before Istio; ``apps`` accepts pods only after istio-cni is ready.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .. import settings
from ..settings import names

# The architecture is in the name: family letters, generation, then "g" for Graviton (EC2, "Instance type names").
_GRAVITON = re.compile(r"[a-z]+\d+g[a-z]*\.")
_AMI_TYPES = {"x86_64": "AL2023_x86_64_STANDARD", "arm64": "AL2023_ARM_64_STANDARD"}
_CAPACITY_TYPES = {"on-demand": "ON_DEMAND", "spot": "SPOT"}
_EKS_EFFECTS = {"NoSchedule": "NO_SCHEDULE", "PreferNoSchedule": "PREFER_NO_SCHEDULE", "NoExecute": "NO_EXECUTE"}

GROUP_LABEL = f"{names.PROJECT}/node-group"
SYSTEM = "system"
APPS = "apps"
SYSTEM_SELECTOR: dict[str, str] = {GROUP_LABEL: SYSTEM}
APPS_SELECTOR: dict[str, str] = {GROUP_LABEL: APPS}

# The AL2023 image's root device.
ROOT_DEVICE = "/dev/xvda"
# A pod is one hop further away than its node, so it can read neither the node's credentials nor its metadata.
METADATA_HOP_LIMIT = 1
# Resources of a node group get the tags of the stack only through the launch template.
TAGGED_RESOURCES = ("instance", "volume", "network-interface")


@dataclass(frozen=True, kw_only=True)
class Taint:
    """A node taint, in Kubernetes' notation."""

    key: str
    """Key of the taint."""
    value: str
    """Value of the taint."""
    effect: str = "NoSchedule"
    """Effect of the taint."""

    @property
    def eks_effect(self) -> str:
        """Effect in the notation of the EKS API, which rejects that of Kubernetes."""
        return _EKS_EFFECTS[self.effect]

    @property
    def toleration(self) -> dict[str, Any]:
        """Toleration that matches only this taint."""
        return {"key": self.key, "operator": "Equal", "value": self.value, "effect": self.effect}


SYSTEM_TAINT = Taint(key="CriticalAddonsOnly", value="true")
# istiod's untaint controller removes it once istio-cni is ready on the node; the key is Istio's.
NOT_READY_TAINT = Taint(key="cni.istio.io/not-ready", value="true")

SYSTEM_TOLERATIONS: list[dict[str, Any]] = [SYSTEM_TAINT.toleration]
# None: a pod that tolerates NOT_READY_TAINT starts before istio-cni and runs outside the mesh.
APPS_TOLERATIONS: list[dict[str, Any]] = []


@dataclass(frozen=True, kw_only=True)
class NodeGroupPlan:
    """One managed node group."""

    name: str
    """Name of the group."""
    version: str
    """Kubernetes version; by default pulumi-eks sets none with a launch template, and nodes would not be upgraded."""
    instance_types: tuple[str, ...]
    """Instance types, in order of preference."""
    ami_type: str
    """AMI type in the notation of the EKS API."""
    capacity_type: str
    """Purchase option in the notation of the EKS API."""
    min_size: int
    """Minimum number of nodes."""
    desired_size: int
    """Number of nodes at creation."""
    max_size: int
    """Maximum number of nodes."""
    disk_gib: int
    """Size of the root volume, in GiB."""
    labels: dict[str, str]
    """Labels of the nodes."""
    taints: tuple[Taint, ...]
    """Taints of the nodes."""


def groups(nodes: settings.Nodes, version: str) -> tuple[NodeGroupPlan, ...]:
    """Return both node groups for a Kubernetes version.

    Raises:
        ValueError: the instance types of a group mix architectures.
    """
    return (
        _group(SYSTEM, nodes.system, version, SYSTEM_SELECTOR, SYSTEM_TAINT),
        _group(APPS, nodes.apps, version, APPS_SELECTOR, NOT_READY_TAINT),
    )


def _group(name: str, group: settings.NodeGroup, version: str, labels: dict[str, str], taint: Taint) -> NodeGroupPlan:
    return NodeGroupPlan(
        name=name,
        version=version,
        instance_types=group.instance_types,
        ami_type=ami_type(group.instance_types),
        capacity_type=_CAPACITY_TYPES[group.capacity],
        min_size=group.min,
        desired_size=group.min,
        max_size=group.max,
        disk_gib=group.disk_gib,
        labels=dict(labels),
        taints=(taint,),
    )


def architecture(instance_type: str) -> str:
    """Return ``arm64`` for Graviton, otherwise ``x86_64``."""
    return "arm64" if _GRAVITON.match(instance_type) else "x86_64"


def ami_type(instance_types: Sequence[str]) -> str:
    """Return the AL2023 image that runs on every one of the instance types.

    EKS chooses the image's build and computes maxPods only if no AMI id is given.

    Raises:
        ValueError: there are no types, or they mix architectures.
    """
    architectures = {architecture(each) for each in instance_types}
    if len(architectures) != 1:
        raise ValueError(
            f"{', '.join(instance_types) or 'no instance type'} has no image in common: a node group runs one "
            "architecture. Use types that are all Graviton (m7g.large) or none (m6i.large)."
        )
    return _AMI_TYPES[architectures.pop()]
