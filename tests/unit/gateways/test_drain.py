"""The shutdown of a gateway pod, held against the sentences of ``components.gateways.drain``."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.gateways.drain import MARGIN, NLB_LAG, OPEN_REQUESTS, DrainPlan, drain


def shortcomings(plan: DrainPlan, lag: int, open_requests: int) -> list[str]:
    """What a plan gets wrong; the one place where the inequalities stand."""
    return [
        message
        for message, holds in (
            ("new connections meet a closed listener", lag < plan.pre_stop),
            ("the pod is gone before its target", 0 <= plan.deregistration <= plan.pre_stop),
            ("open requests are cut", open_requests <= plan.drain),
            ("the kubelet kills the pod", plan.pre_stop + plan.drain + MARGIN <= plan.grace),
        )
        if not holds
    ]


@settings(max_examples=50)
@given(lag=st.integers(0, 3600), open_requests=st.integers(0, 3600))
def test_no_plan_cuts_a_connection(lag: int, open_requests: int) -> None:
    assert shortcomings(drain(lag=lag, open_requests=open_requests), lag, open_requests) == []


def test_the_plan_of_every_gateway() -> None:
    assert drain() == DrainPlan(pre_stop=130, drain=30, grace=180, deregistration=120)


@pytest.mark.parametrize(
    ("plan", "shortcoming"),
    [
        (DrainPlan(pre_stop=60, drain=60, grace=150, deregistration=60), "new connections meet a closed listener"),
        (DrainPlan(pre_stop=130, drain=30, grace=180, deregistration=300), "the pod is gone before its target"),
        (DrainPlan(pre_stop=130, drain=5, grace=180, deregistration=120), "open requests are cut"),
        (DrainPlan(pre_stop=130, drain=30, grace=165, deregistration=120), "the kubelet kills the pod"),
    ],
)
def test_a_shorter_plan_is_noticed(plan: DrainPlan, shortcoming: str) -> None:
    assert shortcomings(plan, NLB_LAG, OPEN_REQUESTS) == [shortcoming]
