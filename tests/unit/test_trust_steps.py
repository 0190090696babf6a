"""Steps between two `up`s that keep every certificate valid, and those that do not."""

import json
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from design import trust
from design.settings import Certificates

ISSUED = "2026-11-01"


def authority(
    roots: tuple[int, ...], signing: int, intermediates: tuple[int, ...] = (1,), signer: int = 1
) -> Certificates:
    def kind(numbers: tuple[int, ...], signs: int) -> dict[str, object]:
        return {"generations": [{"number": number, "issued": ISSUED} for number in numbers], "signing": signs}

    return Certificates.model_validate_json(
        json.dumps({"root": kind(roots, signing), "intermediate": kind(intermediates, signer)})
    )


def told(before: Certificates, after: Certificates) -> list[str]:
    state = trust.state(trust.plan(before, "cluster.local"))
    return [str(problem) for problem in trust.skipped(state, trust.plan(after, "cluster.local"))]


ROTATION = [authority((1,), 1), authority((1, 2), 1), authority((1, 2), 2), authority((2,), 2)]


def test_a_first_up_skips_nothing() -> None:
    assert trust.skipped(None, trust.plan(ROTATION[0], "cluster.local")) == []
    assert trust.skipped({}, trust.plan(ROTATION[0], "cluster.local")) == []


@pytest.mark.parametrize("step", range(3))
def test_every_step_of_a_rotation_is_free_and_so_is_its_way_back(step: int) -> None:
    assert told(ROTATION[step], ROTATION[step + 1]) == []
    if step < 2:
        assert told(ROTATION[step + 1], ROTATION[step]) == []


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (0, 2, "would sign before anybody trusts it"),
        (0, 3, "would sign before anybody trusts it"),
        (1, 3, "drops root 1, which signed until now"),
        (3, 0, "would sign before anybody trusts it"),
    ],
)
def test_a_skipped_phase_is_refused(before: int, after: int, says: str) -> None:
    problems = told(ROTATION[before], ROTATION[after])
    assert len(problems) == 1
    assert says in problems[0]


def test_a_bundle_that_adds_and_drops_is_refused() -> None:
    [problem] = told(authority((1, 2), 1), authority((1, 3), 1))
    assert "adds and drops at once" in problem


def test_an_intermediate_may_sign_at_once() -> None:
    assert told(authority((1,), 1), authority((1,), 1, (1, 2), 2)) == []


def test_an_intermediate_that_signed_until_now_stays_for_one_up() -> None:
    [problem] = told(authority((1,), 1), authority((1,), 1, (2,), 2))
    assert "its key is protected" in problem
    assert told(authority((1,), 1, (1, 2), 2), authority((1,), 1, (2,), 2)) == []


STATES = [(roots, signing) for roots in ((1,), (2,), (3,), (1, 2), (1, 3), (2, 3)) for signing in roots]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(STATES), min_size=2, max_size=6))
def test_no_accepted_sequence_breaks_verification(sequence: list[tuple[tuple[int, ...], int]]) -> None:
    """A workload verifies with the bundle of before or after a step what was signed before or after it."""
    current = sequence[0]
    for wanted in sequence[1:]:
        if not told(authority(*current), authority(*wanted)):
            for bundle, signer in product((current[0], wanted[0]), (current[1], wanted[1])):
                assert signer in bundle
            current = wanted
