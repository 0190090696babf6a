"""Rules for ``network``."""

import re
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network

from ..settings import Network, regions
from ..settings.problems import Problem
from ..settings.registry import Context, rule
from . import addressing

# EKS takes the addresses of Services from one of these, and chooses which
# (docs.aws.amazon.com/eks, CreateCluster, kubernetesNetworkConfig.serviceIpv4Cidr).
SERVICE_RANGES = (IPv4Network("10.100.0.0/16"), IPv4Network("172.20.0.0/16"))
# "Some AWS services use the 172.17.0.0/16 CIDR range" (docs.aws.amazon.com/vpc, "VPC CIDR blocks"); so does Docker.
DOCKER_RANGE = IPv4Network("172.17.0.0/16")

ANY_ZONES = ("a", "b")


@rule("network")
def cidr(context: Context) -> Iterable[Problem]:
    """Check that the VPC's range can be divided into subnets."""
    network = context.settings.network
    if network.existing is None:
        yield from _refused(network, "cidr", network.cidr, ANY_ZONES)


@rule("network")
def reserved_range(context: Context) -> Iterable[Problem]:
    """Check that the VPC's range does not overlap those of Services and of Docker."""
    network = context.settings.network
    if network.existing is not None or (vpc := _range(network.cidr)) is None:
        return
    if any(vpc.overlaps(services) for services in SERVICE_RANGES):
        yield Problem(
            key="network.cidr",
            value=network.cidr,
            reason=f"overlaps {' or '.join(map(str, SERVICE_RANGES))}: EKS takes the addresses of Services from one of "
            f"these ranges, and a node with such an address is unreachable.",
            remedy="Use a private range outside both, such as 10.0.0.0/16.",
        )
    if vpc.overlaps(DOCKER_RANGE):
        yield Problem(
            key="network.cidr",
            value=network.cidr,
            reason=f"overlaps {DOCKER_RANGE}, which Docker and some AWS services use: such addresses would be "
            "unreachable from there.",
            remedy="Use a private range outside it, such as 10.0.0.0/16.",
        )


@rule("network")
def zones(context: Context) -> Iterable[Problem]:
    """Check that there are two or three zones; ``stack.duplicate_rules`` reports a zone that is listed twice."""
    network = context.settings.network
    if network.existing is None and len(set(network.zones)) == len(network.zones):
        yield from _refused(network, "zones", Network().cidr, network.zones)


@rule("network")
def zones_of_region(context: Context) -> Iterable[Problem]:
    """Check that every zone is an availability zone of the region: local zones have neither EKS nor an NLB."""
    zones = context.settings.network.zones if regions.is_supported(context.region) else ()
    for index, zone in enumerate(zones):
        if not re.fullmatch(rf"{re.escape(context.region)}[a-z]", zone):
            yield Problem(
                key=f"network.zones[{index}]",
                value=zone,
                reason=f"is not an availability zone of aws:region {context.region}.",
                remedy=f"Write the region and a letter, such as {context.region}a.",
            )


@rule("network")
def existing_alone(context: Context) -> Iterable[Problem]:
    """Check that an existing VPC comes without settings for a new one."""
    network = context.settings.network
    if network.existing is None:
        return
    for name in sorted(network.model_fields_set - {"existing"}):
        key = Network.model_fields[name].alias or name
        yield Problem(
            key=f"network.{key}",
            value=None,
            reason="is not supported with network.existing: this stack creates nothing in an existing VPC.",
            remedy=f"Remove {key}, or remove existing.",
        )


@rule("network")
def existing_subnets(context: Context) -> Iterable[Problem]:
    """Check that no subnet of an existing VPC is listed as both private and public."""
    existing = context.settings.network.existing
    if existing is None:
        return
    for index, subnet in enumerate(existing.public_subnet_ids):
        if subnet in existing.private_subnet_ids:
            yield Problem(
                key=f"network.existing.publicSubnetIds[{index}]",
                value=subnet,
                reason="is also listed in privateSubnetIds: either nodes would run in a public subnet, or the NLB of a "
                "public gateway in a private one.",
                remedy="Keep it in one of the two lists.",
            )


def _refused(network: Network, key: str, range_: str, zones: Iterable[str]) -> Iterator[Problem]:
    """Report what the address plan rejects under the key of its setting."""
    try:
        addressing.plan(range_, tuple(zones))
    except addressing.AddressError as error:
        value = network.cidr if key == "cidr" else list(network.zones)
        yield Problem(key=f"network.{key}", value=value, reason=error.reason, remedy=error.remedy)


def _range(text: str) -> IPv4Network | None:
    try:
        return IPv4Network(text)
    except ValueError:
        return None
