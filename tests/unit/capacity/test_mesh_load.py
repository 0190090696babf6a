"""What istiod and sidecars are predicted to take, and what they took."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from benchmarks.scale import fit, predictions, runs, sizes
from benchmarks.scale.predictions import Prediction
from benchmarks.scale.runs import Runs
from benchmarks.scale.variants import variants
from components.capacity import mesh_headroom as mesh_room
from components.capacity import mesh_load
from components.capacity import report as capacity
from components.capacity.mesh_load import Load
from components.istio import sizing
from components.kubernetes import quantities
from components.settings import Size
from tests.support.unit.capacity_settings import REGION, stack

# By what part a prediction may be off what was measured.
WITHIN = {"configuration of a proxy": 0.25, "istiod's memory at its peak": 0.35, "a sidecar's memory": 0.1}
KEPT = runs.load()
MEMORY = st.integers(min_value=2**20, max_value=2**36)


def label(each: Prediction) -> str:
    return f"{each.what}, {each.where}"


@pytest.mark.parametrize("each", list(predictions.predictions(KEPT)), ids=label)
def test_what_was_measured_is_what_is_predicted(each: Prediction) -> None:
    assert abs(each.off) <= WITHIN[each.what], f"{each.predicted:,.0f} is predicted, {each.measured:,.0f} was measured"


@pytest.mark.parametrize("what", WITHIN)
def test_every_figure_was_measured_at_two_sizes_at_least(what: str) -> None:
    found = [each for each in predictions.predictions(KEPT) if each.what == what]
    assert len({round(each.measured, -6) for each in found}) >= 2


def test_a_model_without_the_scope_would_be_far_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(predictions, "SCOPED", ())
    off = [each for each in predictions.predictions(KEPT) if abs(each.off) > 2 * WITHIN[each.what]]
    assert {each.what for each in off} >= {"configuration of a proxy", "istiod's memory at its peak"}


@pytest.mark.parametrize("services", [1000, 3000])
@pytest.mark.parametrize(
    "forgotten", ["SERVICE_IN_ISTIOD", "CLUSTER_TOLD", "PROXY_IN_ISTIOD", "CLUSTER_OF_PROXY", "CLUSTER_IN_SIDECAR"]
)
def test_each_part_of_a_mesh_takes_memory(services: int, forgotten: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Load(services=services, visible=20, proxies=100)
    before = mesh_load.istiod(whole) + mesh_load.sidecar(whole)
    monkeypatch.setattr(mesh_load, forgotten, 0)
    assert mesh_load.istiod(whole) + mesh_load.sidecar(whole) < before


def test_a_proxy_that_sees_more_costs_everybody_more() -> None:
    narrow, wide = (Load(services=1000, visible=visible, proxies=100) for visible in (20, 1000))
    for measure in (mesh_load.clusters, mesh_load.configuration, mesh_load.istiod, mesh_load.sidecar):
        assert measure(narrow) < measure(wide)


@effort(max_examples=100)
@given(memory=MEMORY, ports=st.integers(min_value=1, max_value=5))
def test_a_sidecar_sees_what_fits_and_not_one_service_more(memory: int, ports: int) -> None:
    visible = mesh_load.visible_within(memory, ports)
    load = Load(services=0, visible=visible, proxies=1, ports=ports)
    assert visible == 0 or mesh_load.sidecar(load) <= memory
    assert mesh_load.sidecar(replace(load, visible=visible + 1)) > memory


@effort(max_examples=100)
@given(memory=MEMORY, services=st.integers(0, 3000), visible=st.integers(0, 3000))
def test_an_istiod_serves_what_fits_and_not_one_proxy_more(memory: int, services: int, visible: int) -> None:
    proxies = mesh_load.proxies_within(memory, services, visible)
    load = Load(services=services, visible=visible, proxies=proxies)
    assert proxies == 0 or mesh_load.istiod(load) <= memory
    assert mesh_load.istiod(replace(load, proxies=proxies + 1)) > memory


@pytest.mark.parametrize(("size", "services"), [("large", 1000), ("xlarge", 3000)])
def test_a_size_holds_its_mesh_with_the_margin_it_states(size: Size, services: int) -> None:
    assert _margin(KEPT, size, services) >= sizing.MARGIN


def _margin(kept: Runs, size: Size, services: int) -> float:
    result = kept.of(services)
    assert result, f"docs/scale has no run at {services:,} services: make benchmark-mesh"
    found = sizes.margin(result, size)
    assert found, f"the run at {services:,} services has no {size}"
    return found


@pytest.mark.parametrize(("number", "about"), [(0, 0), (7, 7), (94, 94), (403, 400), (2874, 2900), (21_583, 22_000)])
def test_a_prediction_has_two_digits(number: int, about: int) -> None:
    assert mesh_room.about(number) == about


def test_the_preview_says_what_the_requests_hold() -> None:
    room = capacity.report(stack(mesh={"size": "large"}), REGION).mesh
    assert (room.istiod, room.sidecar) == (4096, 128)
    assert room.visible == pytest.approx(mesh_load.visible_within(128 * quantities.MIB), rel=0.05)
    more = {"istiod": {"resources": {"requests": {"memory": "8Gi"}}}}
    assert capacity.report(stack(mesh={"size": "large", "values": more}), REGION).mesh.proxies > room.proxies


def test_a_fit_of_what_the_model_says_finds_the_model() -> None:
    loads = [
        Load(services=services, visible=visible, proxies=proxies)
        for services in (100, 1000, 3000)
        for visible in (10, 100, 900)
        for proxies in (50, 400)
    ]
    points = [fit.Point(counts=fit.istiod_counts(each), value=mesh_load.istiod(each)) for each in loads]
    assert fit.fit(points) == pytest.approx([getattr(mesh_load, name) for name in fit.ISTIOD], rel=1e-3)


def test_a_fit_never_says_that_something_takes_less_than_nothing() -> None:
    falling = [fit.Point(counts=(1, number), value=10 - number) for number in (1, 2, 3)]
    assert fit.fit(falling)[1] == 0


@pytest.mark.parametrize("size", sizes.SIZES)
def test_a_size_holds_the_mesh_it_is_made_for_as_predicted(size: Size) -> None:
    assert sizes.predicted(size) >= sizing.MARGIN


def test_the_model_knows_which_variants_narrow_what_is_seen() -> None:
    for each in variants(stack().mesh).values():
        assert each.scoped == (each.name in predictions.SCOPED), each.name
        selected = "discoverySelectors" in each.values.get("meshConfig", {})
        assert selected == (each.name in predictions.SELECTED), each.name
