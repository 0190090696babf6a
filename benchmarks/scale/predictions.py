"""What ``components.capacity.mesh_load`` says of every kept run, beside what was measured."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.scale import wording
from benchmarks.scale.compared import Measure, absolute
from benchmarks.scale.measured import Layout, Result, variants
from benchmarks.scale.runs import Runs
from benchmarks.scale.sidecars import Sidecars, Step
from components.capacity import mesh_load
from components.capacity.mesh_load import Load

# Whose istiod reads the namespaces of the mesh alone, and whose proxies see a namespace.
SELECTED = ("small", "medium", "large", "xlarge", "guides", "discovery-selectors")
FIGURES: tuple[tuple[str, Callable[[Load], int], Measure], ...] = (
    ("configuration of a proxy", mesh_load.configuration, lambda run: run.bytes),
    ("istiod's memory at its peak", mesh_load.istiod, lambda run: run.peak),
)
SCOPED = ("small", "medium", "large", "xlarge", "sidecar-scope")


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """One figure. where: the run. unit: of both numbers."""

    where: str
    what: str
    predicted: float
    measured: float

    @property
    def off(self) -> float:
        """Return the error as a fraction of the measured value, above or below."""
        return self.predicted / self.measured - 1


def predictions(runs: Runs) -> Iterator[Prediction]:
    """Yield all predictions."""
    for result in runs.meshes.values():
        yield from _of_mesh(result)
    if runs.sidecars:
        yield from _of_sidecars(runs.sidecars)


def load(layout: Layout, variant: str) -> Load:
    """Return the load of istiod and its proxies with this variant."""
    known = layout.services
    if variant in SELECTED:
        known = layout.services * layout.meshed_namespaces // layout.namespaces
    visible = layout.visible if variant in SCOPED else known
    return Load(services=known, visible=visible, proxies=layout.proxies, ports=layout.ports_per_service)


def _of_mesh(result: Result) -> Iterator[Prediction]:
    layout = result.layout
    for variant in variants(result):
        where = f"{wording.mesh(layout)}, `{variant}`"
        wanted = load(layout, variant)
        for what, predict, measure in FIGURES:
            found = absolute(result, variant, measure)
            if found:
                yield Prediction(where=where, what=what, predicted=predict(wanted), measured=found.middle)


def _of_sidecars(run: Sidecars) -> Iterator[Prediction]:
    for step in run.steps:
        yield Prediction(
            where=f"{step.visible:,} services visible",
            what="a sidecar's memory",
            predicted=mesh_load.sidecar(_seen(run, step)),
            measured=step.container,
        )


def _seen(run: Sidecars, step: Step) -> Load:
    # Bookinfo's own and the control plane's are seen at every step.
    always = run.steps[0].clusters - mesh_load.OWN_CLUSTERS
    return Load(services=0, visible=step.visible + always // run.ports, proxies=0, ports=run.ports)
