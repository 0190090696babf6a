"""Monthly cost of an idle stack: the parts that are always on, at list price."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..settings import NodeGroup, Settings
from . import prices

# Costs that depend on usage.
NOT_COUNTED = "traffic, NAT and load balancer throughput, logs, metrics, volumes of pods, taxes, discounts"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One kind of resource."""

    what: str
    """What it is, as the preview shows it."""
    least: float
    """Minimum number."""
    most: float
    """Maximum number."""
    month: float | None
    """US dollars per month for one; ``None`` if the price is not known."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Cost of a stack, line by line, with the sums of the lines that have a price."""

    lines: tuple[Line, ...]
    """One line per kind of resource."""
    region: str
    """Region of the prices."""
    same_region: bool
    """Whether the stack is in that region."""
    as_of: str
    """Date of the EC2 prices."""

    @property
    def least(self) -> float:
        """US dollars per month with the minimum number of nodes."""
        return sum(line.least * line.month for line in self.lines if line.month is not None)

    @property
    def most(self) -> float:
        """US dollars per month with the maximum number of nodes."""
        return sum(line.most * line.month for line in self.lines if line.month is not None)

    @property
    def not_priced(self) -> tuple[str, ...]:
        """Lines that the sums omit because their price is not known."""
        return tuple(line.what for line in self.lines if line.month is None)


def cost(settings: Settings, region: str) -> Cost:
    """Return the cost of a month of 730 hours."""
    return Cost(
        lines=(
            *_fixed("EKS cluster", 1, prices.CLUSTER_HOUR),
            *_nodes("system", settings.cluster.nodes.system),
            *_nodes("apps", settings.cluster.nodes.apps),
            _disks(settings),
            *_network(settings),
            *_fixed("load balancers (NLB)", len(settings.gateways), prices.LOAD_BALANCER_HOUR),
            *_fixed("public IPv4 addresses", _public_addresses(settings), prices.PUBLIC_ADDRESS_HOUR),
            Line(what="KMS key", least=1, most=1, month=prices.KEY_MONTH),
        ),
        region=prices.REGION,
        same_region=region == prices.REGION,
        as_of=prices.EC2_AS_OF,
    )


def _nodes(name: str, group: NodeGroup) -> Iterator[Line]:
    """Yield the line of a node group, priced by the instance type that is tried first."""
    preferred = group.instance_types[0]
    hour = prices.instance_hour(preferred) if group.capacity == "on-demand" else None
    suffix = "" if group.capacity == "on-demand" else " spot"
    month = None if hour is None else hour * prices.HOURS
    yield Line(what=f"{name} nodes, {preferred}{suffix}", least=group.min, most=group.max, month=month)


def _disks(settings: Settings) -> Line:
    nodes = settings.cluster.nodes
    return Line(
        what="node disks, GiB of gp3",
        least=sum(each.min * each.disk_gib for each in (nodes.system, nodes.apps)),
        most=sum(each.max * each.disk_gib for each in (nodes.system, nodes.apps)),
        month=prices.GP3_GIB_MONTH,
    )


def _network(settings: Settings) -> Iterator[Line]:
    network = settings.network
    if network.existing:
        return
    yield from _fixed("NAT gateways", _nat_gateways(settings), prices.NAT_GATEWAY_HOUR)
    endpoints = len(network.endpoints) * len(network.zones)
    yield from _fixed("interface endpoints, each in each zone", endpoints, prices.ENDPOINT_HOUR)


def _nat_gateways(settings: Settings) -> int:
    network = settings.network
    if network.existing:
        return 0
    return len(network.zones) if network.nat == "per-zone" else 1


def _public_addresses(settings: Settings) -> int:
    """Return one per NAT gateway, and one per zone of each internet-facing load balancer."""
    network = settings.network
    zones = len(network.existing.public_subnet_ids if network.existing else network.zones)
    public = sum(gateway.scheme == "internet-facing" for gateway in settings.gateways.values())
    return _nat_gateways(settings) + public * zones


def _fixed(what: str, count: int, hour: float) -> Iterator[Line]:
    if count:
        yield Line(what=what, least=count, most=count, month=hour * prices.HOURS)
