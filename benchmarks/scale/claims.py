"""What became of the claims about scale in two published tuning guides for Istio on EKS."""

from collections.abc import Callable, Iterator

from benchmarks.scale import wording
from benchmarks.scale.compared import (
    BASELINE,
    Measure,
    Spread,
    absolute,
    after_sync,
    among_many,
    cpu_of_many,
    times_less,
    to_last,
)
from benchmarks.scale.measured import ROUTES_A_SECOND, Measurement, Result
from benchmarks.scale.runs import Runs
from components.capacity import mesh_load
from components.capacity.mesh_headroom import about
from components.istio import istiod_values
from components.kubernetes import quantities

FIRST, LARGE = 1000, 3000
NOT_MEASURED = "(not measured)"

ROUTE, AT_A_RATE = to_last("route", 0.5), to_last("route", 0.5, closed=False)
AMONG_MANY, MANY_CPU = among_many("route", 0.5), cpu_of_many("route")


def claims(runs: Runs) -> Iterator[tuple[str, str]]:
    """Yield each published claim with our result."""
    small, large = _Figures(runs.of(FIRST)), _Figures(runs.of(LARGE))
    yield (
        "discoverySelectors, the cache settings and smaller sidecars take 68 % off istiod's memory at 1,000 services",
        f"After the sync, and at the peak: discoverySelectors alone {small.memory('discovery-selectors')}; "
        f"`PILOT_PUSH_THROTTLE=50` alone {small.memory('push-throttle')}; all settings of the guides "
        f"{small.memory('guides')}. `PILOT_CACHE_SQUASH` has not existed since Istio 1.1, `Sidecar.spec.resources` "
        f"never has. The Sidecar scope, which the guides lack: {small.memory('sidecar-scope')}.",
    )
    yield (
        "and configuration arrives faster",
        f"Time of a route change to its last proxy: all settings of the guides {small('guides', ROUTE)}; "
        f"`PILOT_PUSH_THROTTLE=50` alone {small('push-throttle', ROUTE)}; our `large` {small('large', ROUTE)}.",
    )
    yield (
        "at 1,000 services istiod needs requests of 500m and 2Gi, limits of 1000m and 4Gi",
        "The requests are the chart's defaults. The CPU limit sets GOMAXPROCS to 1; alone, a route change takes "
        f"{small('cpu-limit', ROUTE)} time, and until all are in sync {small('cpu-limit', synced)}.",
    )
    yield (
        "`PILOT_WEBHOOK_CACHE_SIZE`, `PILOT_ENABLE_EDS_DEBOUNCE`, `PILOT_DEBOUNCE_AFTER=100ms`",
        "The first never existed, the others are the defaults: there is nothing to measure.",
    )
    yield (
        "`PILOT_DEBOUNCE_MAX=1000ms`",
        f"Alone, one route change after the other: {small('debounce-max', ROUTE)} time; with {ROUTES_A_SECOND} a "
        f"second, {small('debounce-max', AMONG_MANY)} time for {small('debounce-max', MANY_CPU)} CPU. The Sidecar "
        f"scope alone: {small('sidecar-scope', AMONG_MANY)} time for {small('sidecar-scope', MANY_CPU)} CPU. Our sizes "
        f"have both, and wait for {istiod_values.DEBOUNCE_AFTER} ms: `large` {small('large', AMONG_MANY)} time for "
        f"{small('large', MANY_CPU)} CPU.",
    )
    yield (
        "at 3,000 services one istiod is not enough",
        f"One served all proxies of our run. Its peak was {large.peak(BASELINE)} of memory with the chart's defaults, "
        f"{large.peak('xlarge')} with our `xlarge`. Without a scope it grows with what every proxy sees, which a "
        "second istiod does not change.",
    )
    yield (
        "at 3,000 services revisions as shards bring propagation from 60–90 s to under 5 s",
        "Not reproduced: `pilot.sharding.strategy` never existed, and each revision still watches the whole cluster. "
        f"A route change took {large.seconds(BASELINE, ROUTE)} to the last proxy with the chart's defaults, "
        f"{large.seconds(BASELINE, AT_A_RATE)} when there is one every second; our `xlarge` takes "
        f"{large('xlarge', ROUTE)} and {large('xlarge', AT_A_RATE)}, without shards.",
    )
    yield "a sidecar does with 10m and 32Mi, limits 100m and 128Mi", _small_sidecar(runs)
    yield (
        "two m5.large are enough for Istio and Bookinfo",
        "For `small` they are: the preview of the stack dev counts what they ask for.",
    )
    yield (
        "$4,300 a month less, 24 nodes become 17, 64 % fewer scaling events, CPU over-allocated by 300 %",
        "Not measured: no method is given, and none of it follows from the settings.",
    )


class _Figures:
    """Of one run, as text."""

    def __init__(self, result: Result | None) -> None:
        self._result = result

    def __call__(self, variant: str, measure: Measure) -> str:
        """Return a measure as a ratio to the defaults."""
        found = times_less(self._result, variant, measure) if self._result else None
        return wording.times(found) if found else NOT_MEASURED

    def memory(self, variant: str) -> str:
        """Return istiod's memory as ratios to the defaults, after the sync and at its peak."""
        return f"{self(variant, after_sync)}, {self(variant, lambda run: run.peak)}"

    def peak(self, variant: str) -> str:
        """Return istiod's peak memory."""
        return self._own(variant, lambda run: run.peak, wording.megabytes)

    def seconds(self, variant: str, measure: Measure) -> str:
        """Return a measured time in seconds."""
        return self._own(variant, measure, wording.seconds)

    def _own(self, variant: str, measure: Measure, unit: Callable[[Spread], str]) -> str:
        found = absolute(self._result, variant, measure) if self._result else None
        return unit(found) if found else NOT_MEASURED


def synced(measurement: Measurement) -> float:
    """Return the seconds until all proxies are in sync."""
    return measurement.synced


def _small_sidecar(runs: Runs) -> str:
    if not runs.sidecars:
        return "Not measured."
    empty = runs.sidecars.steps[0]
    memory = (quantities.mebibytes(each) * quantities.MIB for each in ("32Mi", "128Mi"))
    request, limit = (about(mesh_load.visible_within(each)) for each in memory)
    return (
        f"With hardly anything to call, Envoy and pilot-agent take {empty.container / 1e6:.0f} MB of memory of their "
        f"own, and {empty.shared / 1e6:.0f} MB of program text that a node's sidecars share. By the model above, the "
        f"request holds about {request:,} services, the limit about {limit:,}, before any traffic."
    )
