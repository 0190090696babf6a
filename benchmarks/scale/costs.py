"""What a second control plane costs a month, in the same cluster and in one of its own, at list price."""

from benchmarks.scale import wording
from components.capacity import prices
from components.capacity import report as capacity
from components.capacity.cost import cost
from components.settings import NodeGroup, Settings, Size

SIZES: tuple[Size, ...] = ("medium", "large", "xlarge")
# Any other version that the settings accept: it is counted, not installed.
_OTHER = "1.30.5"


def table(settings: Settings, region: str) -> str:
    """Return a table by size, with all other settings as given; nodes of app teams are not counted."""
    rows = [_row(settings, region, size) for size in SIZES]
    head = ("mesh.size", "istiod pods of one more", "nodes for them", "in the same cluster", "in a cluster of its own")
    return wording.table(head, rows)


def basis(settings: Settings) -> str:
    """Return a sentence on what the table is based on."""
    instance = settings.cluster.nodes.system.instance_types[0]
    return (
        f"A month on {instance} at list price of {prices.REGION} ({prices.EC2_AS_OF}), with "
        "the network and the gateways of `Pulumi.prod.yaml`. A cluster of its own: EKS, system nodes, NAT gateways, "
        "endpoints, load balancers, addresses, key. Nodes for apps move with their apps, and traffic between the "
        "clusters comes on top."
    )


def _row(settings: Settings, region: str, size: Size) -> list[str]:
    one = _sized(settings, size)
    two = _with_mesh(one, canary_version=_OTHER)
    before, after = _system_nodes(one, region), _system_nodes(two, region)
    istiods = next(pods for pods in capacity.groups(one, region)[0].pods if pods.name.startswith("istiod"))
    return [
        f"`{size}`",
        f"{istiods.rest} × {istiods.each.cpu}m, {istiods.each.memory} MiB",
        f"{after - before}",
        _dollars(_month(two, after, region) - _month(one, before, region)),
        _dollars(_month(one, before, region)),
    ]


def _system_nodes(settings: Settings, region: str) -> int:
    group = capacity.groups(settings, region)[0]
    if group.rest is None:
        raise ValueError(f"istiod of mesh.size {settings.mesh.size} fits on no {group.instance_types}")
    return group.rest


def _month(settings: Settings, system: int, region: str) -> float:
    """Return the cost of a month with this number of system nodes, and no nodes for apps."""
    nodes = settings.cluster.nodes
    changed = {"system": _exactly(nodes.system, system), "apps": _exactly(nodes.apps, 0)}
    cluster = settings.cluster.model_copy(update={"nodes": nodes.model_copy(update=changed)})
    return cost(settings.model_copy(update={"cluster": cluster}), region).least


def _exactly(group: NodeGroup, number: int) -> NodeGroup:
    return group.model_copy(update={"min": number, "max": number})


def _sized(settings: Settings, size: Size) -> Settings:
    return _with_mesh(settings, size=size, canary_version=None)


def _with_mesh(settings: Settings, **changes: object) -> Settings:
    return settings.model_copy(update={"mesh": settings.mesh.model_copy(update=changes)})


def _dollars(amount: float) -> str:
    return f"${amount:,.0f}"
