"""The benchmark of large meshes in small: what it counts is right. How long anything takes is not asked here."""

from collections.abc import Mapping
from functools import cache

import pytest

from benchmarks import mesh_scale
from benchmarks.scale import layout as layouts
from benchmarks.scale import stack
from benchmarks.scale.measured import CHURN_SECONDS, ENDPOINTS_A_SECOND, ROUTES_A_SECOND, Measurement, Result, Storm
from benchmarks.scale.variants import variants
from local.tools import pinned
from tests.support import needs

SERVICES, PROXIES = 200, 20
NAMES = ("defaults", "large")


@pytest.fixture(scope="module")
def result() -> Result:
    for name in pinned.MESH:
        needs.tool(name)
    needs.istio_charts()
    known = variants(stack.committed().settings.mesh)
    return mesh_scale.run(SERVICES, PROXIES, 1, [known[each] for each in NAMES])


@pytest.fixture
def by_name(result: Result) -> Mapping[str, Measurement]:
    return {each.variant: each for each in result.measurements}


@cache
def inhabited() -> list[int]:
    """Proxies of each namespace."""
    identities = layouts.proxies(layouts.layout(SERVICES, PROXIES), {})
    everybody = [each.namespace for each in identities if each.kind == "sidecar"]
    return [everybody.count(each) for each in dict.fromkeys(everybody)]


def storm(measured: Measurement, kind: str) -> list[Storm]:
    return [each for each in measured.storms if each.kind == kind]


def test_every_proxy_got_everything_and_every_change(result: Result) -> None:
    """A proxy, a stream or a receipt that was missing would be noted; lateness and theft are the machine's own."""
    notes = [note for each in result.measurements for note in each.notes]
    assert not [note for note in notes if not note.endswith(("was measured", "the machine's host"))]
    assert [each.variant for each in result.measurements] == list(NAMES)


def test_a_proxy_knows_the_services_it_is_told_of(by_name: Mapping[str, Measurement]) -> None:
    for name, services in {"defaults": SERVICES, "large": layouts.PER_NAMESPACE}.items():
        # Beside istiod's own ports, and those that are the proxy's.
        assert 0 < by_name[name].clusters - services * len(layouts.PORTS) < 10
    assert by_name["large"].bytes < by_name["defaults"].bytes


def test_a_route_reaches_its_namespace_or_everybody(by_name: Mapping[str, Measurement]) -> None:
    for name, measured in by_name.items():
        closed, opened = storm(measured, "route")
        assert (closed.closed, opened.closed) == (True, False)
        assert len(closed.last) == closed.changes
        assert len(opened.last) == opened.changes
        if name == "large":
            assert min(inhabited()) <= closed.touched <= max(inhabited())
        else:
            assert closed.touched == PROXIES


def test_an_endpoint_reaches_whom_it_is_told(by_name: Mapping[str, Measurement]) -> None:
    for name, measured in by_name.items():
        [endpoints] = storm(measured, "endpoint")
        assert len(endpoints.last) == endpoints.changes
        assert endpoints.touched <= (max(inhabited()) if name == "large" else PROXIES)


def test_no_change_is_lost_among_many(by_name: Mapping[str, Measurement]) -> None:
    for measured in by_name.values():
        for kind, rate in (("route-churn", ROUTES_A_SECOND), ("endpoint-churn", ENDPOINTS_A_SECOND)):
            [churn] = storm(measured, kind)
            assert len(churn.last) == churn.changes == rate * CHURN_SECONDS


def test_what_is_outside_the_mesh_reaches_nobody_with_selectors(by_name: Mapping[str, Measurement]) -> None:
    touched = {
        name: [each.touched for each in storm(measured, "outside-namespace")] for name, measured in by_name.items()
    }
    assert touched == {"defaults": [PROXIES], "large": [0]}


def test_a_namespace_that_comes_into_the_mesh_is_known_to_those_without_a_scope(
    by_name: Mapping[str, Measurement],
) -> None:
    for name, measured in by_name.items():
        [coming] = storm(measured, "meshed-namespace")
        assert len(coming.last) == (0 if name == "large" else coming.changes)


def test_a_gateway_that_filters_knows_its_routes_only(by_name: Mapping[str, Measurement]) -> None:
    clusters = {name: measured.gateway.clusters for name, measured in by_name.items() if measured.gateway}
    assert clusters["large"] < layouts.GATEWAY_ROUTES * len(layouts.PORTS) + 10 < clusters["defaults"]


def test_memory_is_istiods(by_name: Mapping[str, Measurement]) -> None:
    for measured in by_name.values():
        assert 0 < measured.heap < measured.settled <= measured.peak
        assert 0 < measured.program < measured.settled
