"""Addresses of the subnets, the NAT gateway of each zone, and the names of AWS services inside the VPC."""

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

# What AWS accepts for a VPC (docs.aws.amazon.com/vpc, "VPC CIDR blocks").
LARGEST_PREFIX = 16
SMALLEST_PREFIX = 28
# Prefix delegation hands every node whole /28 blocks: a smaller subnet runs out of them, or fragments.
PRIVATE_PREFIX = 20
# Load balancers and NAT gateways only; a network load balancer needs 8 free addresses in each of its subnets.
PUBLIC_PREFIX = 24
# Three private blocks, and a fourth that holds the public subnets.
SLOTS = 4
SMALLEST_PLANNED = PRIVATE_PREFIX - 2

# RFC 1918, and the shared range of RFC 6598 that AWS also treats as private.
PRIVATE_RANGES = tuple(
    ipaddress.IPv4Network(cidr) for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
)

# How the load balancer controller finds subnets for Ingresses and Services that name none.
PUBLIC_ROLE_TAG = {"kubernetes.io/role/elb": "1"}
PRIVATE_ROLE_TAG = {"kubernetes.io/role/internal-elb": "1"}

# Free addresses the control plane's interfaces need in every cluster subnet
# (docs.aws.amazon.com/eks, "Amazon EKS networking requirements": six, sixteen recommended).
CONTROL_PLANE_ADDRESSES = 16
# Free addresses a network load balancer needs in each of its subnets (elasticloadbalancing, "Create a NLB").
LOAD_BALANCER_ADDRESSES = 8


class AddressError(ValueError):
    """A range or a list of zones that cannot be divided into subnets."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"{reason} {remedy}")
        self.reason = reason
        """What is wrong and why it matters, continuing the line of the key."""
        self.remedy = remedy
        """What to write instead, an imperative sentence."""


@dataclass(frozen=True, kw_only=True)
class ZonePlan:
    """The two subnets of one availability zone, as CIDR ranges."""

    zone: str
    private: str
    public: str


@dataclass(frozen=True, kw_only=True)
class AddressPlan:
    """The VPC's range and its subnets, zones in the order of the settings."""

    vpc: str
    zones: tuple[ZonePlan, ...]


def plan(cidr: str, zones: Sequence[str]) -> AddressPlan:
    """Return the subnets of a VPC over two or three zones.

    The range is divided into four equal blocks: one per zone for its private subnet, the last for all public subnets.
    The subnets of a zone depend only on its position in the list. With two zones the third block stays free for
    subnets of a third zone that are added later, outside the cluster's own.

    Raises:
        AddressError: the range or the zones cannot be planned.
    """
    blocks = list(_vpc(cidr).subnets(prefixlen_diff=2))
    public = list(blocks[SLOTS - 1].subnets(new_prefix=PUBLIC_PREFIX))
    return AddressPlan(
        vpc=cidr,
        zones=tuple(
            ZonePlan(zone=zone, private=str(blocks[slot]), public=str(public[slot]))
            for slot, zone in enumerate(_zones(zones))
        ),
    )


def nat_zones(zones: Sequence[str], nat: Literal["single", "per-zone"]) -> Mapping[str, str]:
    """Return, by zone, the zone whose NAT gateway carries its traffic; ``single`` uses the first zone for all."""
    return {zone: zones[0] if nat == "single" else zone for zone in zones}


def endpoint_service(region: str, service: str) -> str:
    """Return the service name of a VPC endpoint, such as ``com.amazonaws.eu-central-1.sts``."""
    return f"com.amazonaws.{region}.{service}"


def _vpc(cidr: str) -> ipaddress.IPv4Network:
    network = _network(cidr)
    if network.prefixlen < LARGEST_PREFIX:
        raise AddressError(
            f"is larger than AWS allows for a VPC: /{LARGEST_PREFIX} is the largest range.",
            f"Use {network.network_address}/{LARGEST_PREFIX}.",
        )
    if network.prefixlen > SMALLEST_PREFIX:
        raise AddressError(
            f"is smaller than AWS allows for a VPC: /{SMALLEST_PREFIX} is the smallest range.",
            f"Use a /{SMALLEST_PLANNED} or larger, at most a /{LARGEST_PREFIX}.",
        )
    if network.prefixlen > SMALLEST_PLANNED:
        raise AddressError(
            f"is too small: prefix delegation assigns /28 blocks to nodes, so every zone needs a private "
            f"/{PRIVATE_PREFIX} or larger. The range must hold three such zones and the public subnets.",
            f"Use a /{SMALLEST_PLANNED} or larger, at most a /{LARGEST_PREFIX}.",
        )
    if not any(network.subnet_of(private) for private in PRIVATE_RANGES):
        raise AddressError(
            "is not a private range: nodes and pods could not reach the internet hosts that have these addresses.",
            f"Use a range within {', '.join(str(private) for private in PRIVATE_RANGES)}.",
        )
    return network


def _network(cidr: str) -> ipaddress.IPv4Network:
    try:
        network = ipaddress.IPv4Network(cidr, strict=False)
    except ValueError as error:
        raise AddressError(
            "is not an IPv4 range: it must be four numbers from 0 to 255 without leading zeros, a slash and a prefix "
            "length from 0 to 32.",
            "Write address/length, such as 10.0.0.0/16.",
        ) from error
    # Also refuses a netmask in place of the length: AWS would store another text and every preview show a change.
    if str(network) != cidr:
        raise AddressError(
            "is not the first address of its range with a prefix length: AWS rejects it.", f"Write {network}."
        )
    return network


def _zones(zones: Sequence[str]) -> Sequence[str]:
    if not 2 <= len(zones) < SLOTS:
        raise AddressError(
            f"lists {len(zones)} availability zones: EKS requires two, and the address plan supports up to three.",
            "List two or three zones of the region.",
        )
    if len(set(zones)) != len(zones):
        raise AddressError(
            "lists an availability zone twice: the loss of that zone would affect both entries.",
            "List every zone once.",
        )
    return zones
