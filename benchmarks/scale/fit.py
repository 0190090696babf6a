"""Constants of ``components.capacity.mesh_load`` that fit the kept runs best: ``python -m benchmarks.scale.fit``."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import typer

from benchmarks.scale import predictions, runs
from benchmarks.scale.compared import absolute
from benchmarks.scale.measured import variants
from benchmarks.scale.runs import Runs
from components.capacity import mesh_load
from components.capacity.mesh_load import Load

ISTIOD = ("EMPTY_ISTIOD", "SERVICE_IN_ISTIOD", "CLUSTER_TOLD", "PROXY_IN_ISTIOD", "CLUSTER_OF_PROXY")
CONFIGURATION = ("OWN_CONFIGURATION", "CLUSTER_CONFIGURATION")
SIDECAR = ("EMPTY_SIDECAR", "CLUSTER_IN_SIDECAR")


@dataclass(frozen=True, kw_only=True)
class Point:
    """One measurement: how often each constant counts in it, and what came out."""

    counts: tuple[float, ...]
    value: float


def main() -> None:
    """Print the fitted constants."""
    kept = runs.load()
    for names, points in ((CONFIGURATION, configurations(kept)), (SIDECAR, sidecars(kept)), (ISTIOD, istiods(kept))):
        for name, constant in zip(names, fit(list(points)), strict=True):
            typer.echo(f"{name} = {constant:_.0f}")


def configurations(kept: Runs) -> Iterator[Point]:
    """Yield the size of a proxy's configuration by clusters."""
    for result in kept.meshes.values():
        for variant in variants(result):
            found = absolute(result, variant, lambda run: run.bytes)
            clusters = mesh_load.clusters(predictions.load(result.layout, variant))
            if found:
                yield Point(counts=(1, clusters), value=found.middle)


def istiods(kept: Runs) -> Iterator[Point]:
    """Yield istiod's peak memory."""
    for result in kept.meshes.values():
        for variant in variants(result):
            found = absolute(result, variant, lambda run: run.peak)
            if found:
                yield Point(counts=istiod_counts(predictions.load(result.layout, variant)), value=found.middle)


def istiod_counts(load: Load) -> tuple[float, ...]:
    """Return how often each of istiod's constants counts."""
    clusters = mesh_load.clusters(load)
    return 1, load.services, clusters, load.proxies, load.proxies * clusters


def sidecars(kept: Runs) -> Iterator[Point]:
    """Return the memory of real sidecars by clusters."""
    steps = kept.sidecars.steps if kept.sidecars else ()
    return (Point(counts=(1, each.clusters), value=each.container) for each in steps)


def fit(points: Sequence[Point]) -> list[float]:
    """Fit constants by least squares of the relative error; a constant that would be negative is 0."""
    used = list(range(len(points[0].counts))) if points else []
    while True:
        found = dict(zip(used, _solve(_normal(points, used)), strict=True))
        negative = [index for index, constant in found.items() if constant < 0]
        if not negative:
            return [found.get(index, 0.0) for index in range(len(points[0].counts) if points else 0)]
        used.remove(min(negative, key=lambda index: found[index]))


def _normal(points: Iterable[Point], used: Sequence[int]) -> list[list[float]]:
    """Return the normal equations, with their right-hand sides in the last column."""
    rows = [[0.0] * (len(used) + 1) for _ in used]
    for point in points:
        parts = [*(point.counts[index] / point.value for index in used), 1.0]
        for row, part in zip(rows, parts, strict=False):
            row[:] = [sum_ + part * other for sum_, other in zip(row, parts, strict=True)]
    return rows


def _solve(rows: list[list[float]]) -> list[float]:
    """Solve by elimination. Raises ZeroDivisionError where the runs cannot tell two constants apart."""
    for pivot in range(len(rows)):
        best = max(range(pivot, len(rows)), key=lambda index: abs(rows[index][pivot]))
        rows[pivot], rows[best] = rows[best], rows[pivot]
        rows[pivot] = [each / rows[pivot][pivot] for each in rows[pivot]]
        for index, row in enumerate(rows):
            if index != pivot:
                rows[index] = [mine - row[pivot] * its for mine, its in zip(row, rows[pivot], strict=True)]
    return [row[-1] for row in rows]


if __name__ == "__main__":
    typer.run(main)
