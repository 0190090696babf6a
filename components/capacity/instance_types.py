"""EC2 instance types that a node group is likely to use: size and network limits.

vCPUs and memory follow AWS' naming: from ``large`` (2 vCPUs) on, every size doubles. Interfaces and addresses are the
limits of the VPC resource controller as Karpenter 1.15.1 ships them (vpclimits, generated 2026-08-06). Other types are
unknown here: the preview then omits some numbers, but refuses nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass

# Size: vCPUs, then network interfaces and IPv4 addresses of each.
_SIZES = {
    "large": (2, 3, 10),
    "xlarge": (4, 4, 15),
    "2xlarge": (8, 4, 15),
    "4xlarge": (16, 8, 30),
    "8xlarge": (32, 8, 30),
}
_EIGHTH_INTEL = {
    "large": (2, 3, 20),
    "xlarge": (4, 4, 30),
    "2xlarge": (8, 4, 30),
    "4xlarge": (16, 8, 50),
    "8xlarge": (32, 10, 50),
}
_BURSTABLE = {"large": (2, 3, 12), "xlarge": (4, 4, 15), "2xlarge": (8, 4, 15)}
# GiB of memory per vCPU, by the first letter of the family.
_MEMORY = {"c": 2, "m": 4, "r": 8, "t": 4}
_FAMILIES = {
    **dict.fromkeys(("t3", "t3a", "t4g"), _BURSTABLE),
    **dict.fromkeys(("m6i", "m6a", "m6g", "m7i", "m7a", "m7g", "m8g"), _SIZES),
    **dict.fromkeys(("c6i", "c6g", "c7i", "c7g", "c8g", "r6i", "r6g", "r7i", "r7g", "r8g"), _SIZES),
    **dict.fromkeys(("m8i", "c8i", "r8i"), _EIGHTH_INTEL),
}


@dataclass(frozen=True, kw_only=True)
class InstanceType:
    """Size and network limits of an instance type."""

    name: str
    """Name of the type."""
    vcpus: int
    """Number of vCPUs."""
    memory_gib: int
    """Memory in GiB, including what the hypervisor takes."""
    interfaces: int
    """Number of network interfaces."""
    addresses: int
    """IPv4 addresses per interface."""


def find(name: str) -> InstanceType | None:
    """Return the type of a name, or ``None`` if it is not in the table."""
    family, _, size = name.partition(".")
    if size == "medium" and family in ("t3", "t3a", "t4g"):
        return InstanceType(name=name, vcpus=2, memory_gib=4, interfaces=3, addresses=6)
    if size not in _FAMILIES.get(family, {}):
        return None
    vcpus, interfaces, addresses = _FAMILIES[family][size]
    return InstanceType(
        name=name, vcpus=vcpus, memory_gib=vcpus * _MEMORY[family[0]], interfaces=interfaces, addresses=addresses
    )


def smallest(names: Iterable[str]) -> InstanceType | None:
    """Return what every one of the types has, since a group may start any of them; ``None`` if one is not known."""
    found = [find(name) for name in names]
    known = [each for each in found if each is not None]
    if not known or len(known) < len(found):
        return None
    return InstanceType(
        name=" or ".join(each.name for each in known),
        vcpus=min(each.vcpus for each in known),
        memory_gib=min(each.memory_gib for each in known),
        interfaces=min(each.interfaces for each in known),
        addresses=min(each.addresses for each in known),
    )
