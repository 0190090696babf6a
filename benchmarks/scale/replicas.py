"""What istiod's CPU is for: what replicas divide among them, and what each of them does."""

from benchmarks.scale import wording
from benchmarks.scale.compared import BASELINE, Measure, absolute, of_storm
from benchmarks.scale.measured import Measurement, Result
from benchmarks.scale.runs import Runs
from components.capacity.mesh_headroom import about

VARIANTS = (BASELINE, "large", "xlarge")
ROUTE = of_storm("route", lambda storm: storm.cpu)


def rows(runs: Runs) -> list[list[str]]:
    """Return, by run and variant, the proxies that a core starts per second, and the CPU seconds of a changed route."""
    found = []
    for result in runs.meshes.values():
        where = wording.mesh(result.layout)
        for variant in VARIANTS:
            started, spent = absolute(result, variant, _started(result)), absolute(result, variant, ROUTE)
            if started and spent:
                told = [f"{about(round(started.middle)):,}", f"{about(round(1000 * spent.middle)):,} ms"]
                found.append([where, f"`{variant}`", *told])
    return found


def _started(result: Result) -> Measure:
    def measure(run: Measurement) -> float | None:
        return result.layout.proxies / run.cpu if run.cpu else None

    return measure
