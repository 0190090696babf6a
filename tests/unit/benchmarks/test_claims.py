"""What docs/scale.md says in words, held against the runs that it shows."""

from collections.abc import Callable

import pytest

from benchmarks.scale import runs
from benchmarks.scale.claims import AMONG_MANY, FIRST, LARGE, MANY_CPU, ROUTE
from benchmarks.scale.compared import Measure, absolute, after_sync, of_gateway, of_storm, own_after_sync, times_less
from benchmarks.scale.measured import Measurement, Result

KEPT = runs.load()
BOTH = pytest.mark.parametrize("services", [FIRST, LARGE])
GATEWAY_CLUSTERS = of_gateway(lambda gateway: gateway.clusters)
OUTSIDE = of_storm("outside-namespace", lambda storm: storm.touched)


def run(services: int) -> Result:
    found = KEPT.of(services)
    assert found, f"docs/scale has no run at {services:,} services: make benchmark-mesh"
    return found


def ratio(services: int, variant: str, measure: Measure) -> float:
    found = times_less(run(services), variant, measure)
    assert found, f"the run at {services:,} services does not compare {variant}"
    return found.middle


def configuration(measurement: Measurement) -> float:
    return measurement.bytes


MEASURES: dict[str, tuple[Callable[[Measurement], float | None], float]] = {
    "configuration": (configuration, 20),
    "route": (ROUTE, 10),
    "peak": (lambda measurement: measurement.peak, 2),
}


@pytest.mark.parametrize("what", MEASURES)
@pytest.mark.parametrize(("services", "size"), [(FIRST, "large"), (LARGE, "xlarge")])
def test_a_size_takes_much_less_than_the_defaults(services: int, size: str, what: str) -> None:
    measure, least = MEASURES[what]
    assert ratio(services, size, measure) >= least


def test_a_size_takes_half_the_memory_after_the_sync() -> None:
    """At 1,000 services a large part of what is resident is istiod's program, which no setting makes smaller."""
    assert ratio(FIRST, "large", own_after_sync) >= 2
    assert ratio(LARGE, "xlarge", after_sync) >= 2


@BOTH
def test_nearly_everything_follows_from_the_scope(services: int) -> None:
    ours = ratio(services, "large" if services == FIRST else "xlarge", configuration)
    assert ratio(services, "sidecar-scope", configuration) > 0.8 * ours
    assert ratio(services, "discovery-selectors", configuration) < 0.2 * ours


@BOTH
def test_outside_of_the_mesh_is_silence_by_the_selectors_and_by_the_scope(services: int) -> None:
    for variant, touched in (("discovery-selectors", False), ("sidecar-scope", False), ("defaults", True)):
        found = absolute(run(services), variant, OUTSIDE)
        assert found
        assert (found.high > 0) == touched, variant


@BOTH
def test_changes_that_do_not_stop_arrive_meanwhile(services: int) -> None:
    ours = "large" if services == FIRST else "xlarge"
    assert ratio(services, ours, AMONG_MANY) > 10


@BOTH
def test_waiting_less_costs_dear_without_a_scope(services: int) -> None:
    assert ratio(services, "debounce", MANY_CPU) < 0.7


@BOTH
def test_waiting_less_costs_more_than_the_scope_alone_and_less_than_nothing_of_both(services: int) -> None:
    ours = "large" if services == FIRST else "xlarge"
    assert 1 < ratio(services, ours, MANY_CPU) < ratio(services, "sidecar-scope", MANY_CPU)


def test_a_cpu_limit_makes_changes_late() -> None:
    assert ratio(FIRST, "cpu-limit", ROUTE) < 0.9


def test_gateways_need_a_filter_of_their_own() -> None:
    assert ratio(FIRST, "gateway-filter", GATEWAY_CLUSTERS) > 10
    assert ratio(FIRST, "sidecar-scope", GATEWAY_CLUSTERS) < 2
