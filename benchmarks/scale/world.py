"""The cluster that all variants are measured in: made once, of which each changes istiod and the root namespace."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.scale import layout as layouts
from benchmarks.scale import rendered
from benchmarks.scale.measured import Layout
from benchmarks.scale.rendered import Rendered
from benchmarks.scale.variants import Variant
from local.control_plane import control_plane
from local.control_plane.api import Api
from local.control_plane.control_plane import ControlPlane
from local.control_plane.programs import PROXY, SCHEDULER
from local.processes import poll
from local.providers.kubernetes.helm_command import Helm
from local.tools import tools

Manifest = dict[str, Any]

MANAGER = "benchmark"
# Requests at the same time.
WORKERS = 24
# Seconds for what was applied to be served, and for what was deleted to be gone.
SERVED, GOES = 30.0, 60.0


@dataclass(frozen=True, kw_only=True)
class World:
    """One that runs."""

    plane: ControlPlane
    helm: Helm
    layout: Layout
    folder: Path

    @property
    def api(self) -> Api:
        """Return the API as an administrator."""
        return self.plane.api

    def write(self, manifest: Manifest) -> None:
        """Create or change an object."""
        self.api.apply(manifest, field_manager=MANAGER, force=True)

    def remove(self, manifest: Manifest) -> None:
        """Request the deletion of an object."""
        metadata = manifest["metadata"]
        self.api.delete(manifest["apiVersion"], manifest["kind"], metadata["name"], metadata.get("namespace"))


@contextmanager
def running(layout: Layout, folder: Path) -> Iterator[World]:
    """Start everything but istiod while the block runs. Raises ProcessFailedError."""
    with control_plane.running(folder / "control-plane") as plane:
        # They would take the machine's time, and nobody here has a pod to place or to call.
        for name in (SCHEDULER, PROXY):
            plane.stop(name)
        helm = Helm(tools.path("helm"), plane.kubeconfig, folder / "helm")
        world = World(plane=plane, helm=helm, layout=layout, folder=folder)
        _furnish(world)
        yield world


def _furnish(world: World) -> None:
    layout = world.layout
    _all(world, layouts.all_namespaces(layout))
    _all(world, rendered.definitions(world.helm))
    assert poll(lambda: _served(world), within=SERVED), "Istio's kinds are not served"
    _all(world, [*layouts.services(layout), *layouts.routes(layout), *layouts.gateway(layout)])


def _served(world: World) -> bool:
    kinds = ("Gateway", "Sidecar", "VirtualService")
    return all(world.api.knows("networking.istio.io/v1", each) for each in kinds)


@contextmanager
def installed(world: World, variant: Variant) -> Iterator[Rendered]:
    """Install a variant's chart and policies while the block runs; what was installed before is deleted."""
    assert poll(lambda: not _ending(world), within=GOES), "namespaces do not go"
    chart = rendered.istiod(world.helm, variant.values)
    objects: list[Manifest] = [*chart.objects, *(dict(each) for each in variant.policies)]
    _all(world, objects)
    try:
        yield chart
    finally:
        for each in reversed(objects):
            world.remove(each)


def _ending(world: World) -> list[Manifest]:
    return [each for each in world.api.list("v1", "Namespace") if "deletionTimestamp" in each["metadata"]]


def _all(world: World, manifests: Iterable[Manifest]) -> None:
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(world.write, manifests))
