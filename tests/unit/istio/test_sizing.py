"""What the mesh asks of the nodes."""

import math
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from components import settings
from components.istio import sizing

SIZES: tuple[settings.Size, ...] = get_args(settings.Size)
ALL = pytest.mark.parametrize("size", SIZES)
UNITS = {"m": 0.001, "Mi": 2**20, "Gi": 2**30}
COUNTS = st.integers(min_value=1, max_value=200)


def quantity(text: str) -> float:
    unit = next(unit for unit in UNITS if text.endswith(unit))
    return float(text.removesuffix(unit)) * UNITS[unit]


@ALL
def test_the_memory_limit_of_istiod_is_its_request(size: settings.Size) -> None:
    resources = sizing.istiod(size).resources
    assert resources.limits["memory"] == resources.requests["memory"]


@ALL
def test_istiod_has_no_cpu_limit(size: settings.Size) -> None:
    assert "cpu" not in sizing.istiod(size).resources.limits


@ALL
def test_every_proxy_has_a_cpu_limit_because_it_counts_its_workers_by_it(size: settings.Size) -> None:
    for resources in (sizing.sidecar(size), sizing.gateway(size).resources):
        assert resources.limits["cpu"] == "2000m"


@ALL
def test_no_request_is_above_its_limit(size: settings.Size) -> None:
    for resources in (sizing.sidecar(size), sizing.gateway(size).resources, sizing.istiod(size).resources):
        for name, limit in resources.limits.items():
            assert quantity(resources.requests[name]) <= quantity(limit)


@pytest.mark.parametrize("part", ["istiod", "gateway", "sidecar"])
def test_a_larger_size_never_asks_for_less(part: str) -> None:
    sized = [getattr(sizing, part)(size) for size in SIZES]
    asked = [getattr(each, "resources", each).requests for each in sized]
    for name in ("cpu", "memory"):
        amounts = [quantity(requests[name]) for requests in asked]
        assert amounts == sorted(amounts)


@pytest.mark.parametrize("size", [size for size in SIZES if size != "small"])
def test_everything_but_small_survives_the_loss_of_a_zone(size: settings.Size) -> None:
    for scale in (sizing.istiod(size).scale, sizing.gateway(size).scale):
        assert scale.min_replicas >= 3
        assert scale.min_available == scale.min_replicas * 2 // 3


def test_small_runs_one_of_each_without_a_budget() -> None:
    assert sizing.istiod("small").scale.fixed
    assert sizing.istiod("small").scale.min_available == 0
    assert sizing.gateway("small").scale.min_available == 0


@effort(max_examples=50)
@given(replicas=COUNTS)
def test_a_disruption_budget_is_always_below_the_replicas(replicas: int) -> None:
    available = sizing.Scale(min_replicas=replicas, max_replicas=replicas, source="").min_available
    assert 0 <= available < replicas


@effort(max_examples=50)
@given(low=COUNTS, more=st.integers(min_value=0, max_value=50))
def test_replicas_of_a_gateway_replace_those_of_the_size_and_nothing_else(low: int, more: int) -> None:
    sized = sizing.gateway("medium", settings.Replicas(min=low, max=low + more))
    assert (sized.scale.min_replicas, sized.scale.max_replicas) == (low, low + more)
    assert sized.resources == sizing.gateway("medium").resources
    assert sized.scale.target_cpu == sizing.gateway("medium").scale.target_cpu


@effort(max_examples=50)
@given(replicas=COUNTS)
def test_waves_replace_every_pod_and_never_take_a_step_too_many(replicas: int) -> None:
    sized = sizing.gateway("medium", settings.Replicas(min=1, max=replicas))
    step = math.ceil(replicas * sized.max_surge / 100)
    assert sized.waves * step >= replicas > (sized.waves - 1) * step


def test_large_meshes_keep_unused_clusters_off_their_gateways() -> None:
    assert [sizing.filters_gateway_clusters(size) for size in SIZES] == [False, False, True, True]
