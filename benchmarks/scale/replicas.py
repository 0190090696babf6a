"""What a core of istiod does in a second: the work that replicas divide among them."""

from benchmarks.scale import wording
from benchmarks.scale.compared import BASELINE, Measure, absolute
from benchmarks.scale.measured import Measurement, Result
from benchmarks.scale.runs import Runs
from design.mesh_room import about

VARIANTS = (BASELINE, "large", "xlarge")


def rows(runs: Runs) -> list[list[str]]:
    """By run and variant: proxies that start, and proxies that are told of a changed route."""
    found = []
    for result in runs.meshes.values():
        where = wording.mesh(result.layout)
        for variant in VARIANTS:
            started, told = (_told(result, variant, each) for each in (_started(result), _routed))
            if started != wording.NOTHING:
                found.append([where, f"`{variant}`", started, told])
    return found


def _started(result: Result) -> Measure:
    def measure(run: Measurement) -> float | None:
        return result.layout.proxies / run.cpu if run.cpu else None

    return measure


def _routed(run: Measurement) -> float | None:
    # At a fixed rate: long enough for the clock of the kernel, which counts in hundredths of a second.
    changes = [each for each in run.storms if each.kind == "route" and not each.closed and each.cpu]
    return changes[0].touched / changes[0].cpu if changes else None


def _told(result: Result, variant: str, measure: Measure) -> str:
    found = absolute(result, variant, measure)
    return f"{about(round(found.middle)):,}" if found else wording.NOTHING
