"""What each size gives istiod, gateways and sidecars, where that comes from, and how much of it was measured used."""

from collections.abc import Iterator
from typing import get_args

from benchmarks.scale import wording
from benchmarks.scale.compared import absolute
from benchmarks.scale.measured import Result
from benchmarks.scale.runs import Runs
from components.capacity import mesh_load
from components.capacity.mesh_headroom import SEEN, about
from components.capacity.mesh_load import Load
from components.istio import sizing
from components.kubernetes import quantities
from components.settings import Size

SIZES: tuple[Size, ...] = get_args(Size)
GIVEN = ("requests", "limits")


def margin(result: Result, size: Size) -> float | None:
    """Return how many times istiod's highest measured memory fits into its limit."""
    used = absolute(result, size, lambda run: run.peak)
    return limit(size) / used.high if used else None


def predicted(size: Size) -> float:
    """Return the predicted margin for the mesh that the size is for, with one of the fewest istiods missing."""
    services = sizing.SERVICES[size]
    istiods_left = max(1, sizing.istiod(size).scale.min_replicas - 1)
    proxies = services * sizing.PODS_PER_SERVICE // istiods_left
    return limit(size) / mesh_load.istiod(Load(services=services, visible=SEEN, proxies=proxies))


def limit(size: Size) -> int:
    """Return istiod's memory limit in bytes."""
    return quantities.mebibytes(sizing.istiod(size).resources.limits["memory"]) * quantities.MIB


def legend() -> str:
    """Describe the columns of istiod's table, and the margin that every size keeps."""
    mesh = f"{sizing.PODS_PER_SERVICE} pods a service that see {SEEN} services each"
    return (
        "How many times istiod's memory at its peak fits into its limit. Predicted: for the services that the size is "
        f"made for, {mesh}, while one of the fewest istiods is away. Tests hold every size to {sizing.MARGIN}× of what "
        "is predicted, and `large` at 1,000 and `xlarge` at 3,000 services to as much of what was measured."
    )


def istiods(runs: Runs) -> str:
    """Return istiod by size, with how many times its predicted and its measured memory fit into the limit."""
    measured = list(runs.meshes.values())
    titles = [f"measured: {wording.mesh(each.layout)}" for each in measured]
    rows = []
    for size in SIZES:
        sized = sizing.istiod(size)
        margins = (predicted(size), *(margin(each, size) for each in measured))
        told = (f"{each:.1f}×" if each else wording.NOTHING for each in margins)
        rows.append([*_row(size, sized.resources, sized.scale), f"{sizing.SERVICES[size]:,}", _proxies(size), *told])
    return wording.table(
        ["istiod", *GIVEN, "replicas", "services", "proxies an istiod holds", "predicted", *titles], rows
    )


def gateways() -> str:
    """Return gateways by size, with the load that they carry according to upstream's figure."""
    rows = []
    for size in SIZES:
        sized = sizing.gateway(size)
        carried = (
            f"{about(round(_requests(sized, pods))):,}" for pods in (sized.scale.min_replicas, sized.scale.max_replicas)
        )
        rows.append([*_row(size, sized.resources, sized.scale), " to ".join(carried)])
    return wording.table(["gateway", *GIVEN, "replicas", "requests a second (upstream)"], rows)


def sidecars() -> str:
    """Return sidecars by size, with how many services they may see."""
    rows = []
    for size in SIZES:
        sized = sizing.sidecar(size)
        seen = [_visible(quantity["memory"]) for quantity in (sized.requests, sized.limits)]
        rows.append([*_row(size, sized), *seen])
    return wording.table(["sidecar", *GIVEN, "services that its memory request holds", "that its limit holds"], rows)


def sources() -> str:
    """List the source of every number, once for all the sizes that share it."""
    told: dict[str, list[str]] = {}
    for what, size, source in _told():
        told.setdefault(f"{what}: {source}", []).append(f"`{size}`")
    return "\n".join(f"- {', '.join(of)}, {text}" for text, of in told.items())


def _told() -> Iterator[tuple[str, Size, str]]:
    for size in SIZES:
        yield "istiod", size, sizing.istiod(size).resources.source
    for size in SIZES:
        yield "istiod's replicas", size, sizing.istiod(size).scale.source
    for size in SIZES:
        yield "gateways", size, sizing.gateway(size).resources.source
    for size in SIZES:
        yield "gateways' replicas", size, sizing.gateway(size).scale.source
    for size in SIZES:
        yield "sidecars", size, sizing.sidecar(size).source


def _requests(sized: sizing.GatewaySizing, pods: int) -> float:
    """Return requests per second when the CPU of every pod is at the autoscaler's target."""
    cores = quantities.millicores(sized.resources.requests["cpu"]) / 1000 * sized.scale.target_cpu / 100
    return pods * cores / sizing.PROXY_CPU_PER_1000 * 1000


def _proxies(size: Size) -> str:
    return f"{about(mesh_load.proxies_within(limit(size), sizing.SERVICES[size], SEEN)):,}"


def _visible(memory: str) -> str:
    return f"{about(mesh_load.visible_within(quantities.mebibytes(memory) * quantities.MIB)):,}"


def _row(size: Size, resources: sizing.Resources, *scales: sizing.Scale) -> list[str]:
    given = (_listed(resources.requests), _listed(resources.limits))
    return [f"`{size}`", *given, *(_replicas(each) for each in scales)]


def _listed(quantities_: dict[str, str]) -> str:
    return ", ".join(quantities_.values())


def _replicas(scale: sizing.Scale) -> str:
    return f"{scale.min_replicas}" if scale.fixed else f"{scale.min_replicas} to {scale.max_replicas}"
