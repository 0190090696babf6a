"""What the certificate authority's settings amount to: who signs, the phase, the problems, the warnings."""

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import trust
from components.contract import model as contract
from components.settings import Certificates
from components.trust import Pair, Phase
from tests.support.days import NOON
from tests.support.unit.certificate_settings import BOTH, FIRST, PROPERTIES, RULES, accepted, certificates, told


def numbers(authorities: tuple[trust.Authority, ...]) -> list[int]:
    return [authority.number for authority in authorities]


PHASES = [
    ("one root", certificates(), Phase.STABLE),
    ("the older of two signs", certificates(BOTH, root=1), Phase.TRUST_BOTH),
    ("the newer of two signs", certificates(BOTH, root=2), Phase.SIGN_NEW),
    ("listed the other way round", certificates(BOTH[::-1], root=2), Phase.SIGN_NEW),
    ("only the new one is left", certificates([(2, FIRST)], root=2), Phase.STABLE),
]


@pytest.mark.parametrize(("told", "settings_", "phase"), PHASES, ids=[told for told, _, _ in PHASES])
def test_the_phase_follows_from_the_settings(told: str, settings_: Certificates, phase: Phase) -> None:
    assert trust.plan(settings_, "cluster.local").phase is phase


def test_every_root_gives_a_certificate_to_every_intermediate() -> None:
    plan = trust.plan(certificates(BOTH, intermediates=BOTH), "cluster.local")
    assert set(plan.pairs) == {Pair(root=root, intermediate=each) for root in (1, 2) for each in (1, 2)}


def test_a_root_gives_none_to_an_intermediate_that_outlives_it() -> None:
    plan = trust.plan(certificates([(1, "2017-01-01"), (2, FIRST)], root=2), "cluster.local")
    assert plan.pairs == (Pair(root=2, intermediate=1),)


@PROPERTIES
@given(accepted())
def test_no_intermediate_outlives_the_root_that_signs_it(drawn: Certificates) -> None:
    plan = trust.plan(drawn, "cluster.local")
    ends = {(kind, each.number): each.ends for kind in ("roots", "intermediates") for each in getattr(plan, kind)}
    assert all(ends["intermediates", pair.intermediate] <= ends["roots", pair.root] for pair in plan.pairs)
    assert plan.signing in plan.pairs


@PROPERTIES
@given(accepted())
def test_exactly_the_listed_generations_exist_in_order(drawn: Certificates) -> None:
    plan = trust.plan(drawn, "cluster.local")
    assert numbers(plan.roots) == sorted(each.number for each in drawn.root.generations)
    assert numbers(plan.intermediates) == sorted(each.number for each in drawn.intermediate.generations)
    assert [each.number for each in plan.roots if each.signs] == [drawn.root.signing]
    assert [each.number for each in plan.intermediates if each.signs] == [drawn.intermediate.signing]


@PROPERTIES
@given(accepted(), st.data())
def test_another_signer_changes_no_certificate(drawn: Certificates, data: st.DataObject) -> None:
    """Rollback: only which of the existing pairs is in cacerts differs."""
    plan = trust.plan(drawn, "cluster.local")
    other = data.draw(st.sampled_from(plan.pairs))
    switched = drawn.model_copy(
        update={
            "root": drawn.root.model_copy(update={"signing": other.root}),
            "intermediate": drawn.intermediate.model_copy(update={"signing": other.intermediate}),
        }
    )
    after = trust.plan(switched, "cluster.local")
    assert after.pairs == plan.pairs
    assert [(each.number, each.issued, each.ends) for each in after.roots] == [
        (each.number, each.issued, each.ends) for each in plan.roots
    ]


@PROPERTIES
@given(accepted())
def test_the_state_put_out_has_the_shape_of_the_contract(drawn: Certificates) -> None:
    state = trust.recorded(None, trust.plan(drawn, "cluster.local"), NOON)
    assert contract.Certificates.model_validate(state).model_dump(by_alias=True) == state


def test_lifetimes_never_change() -> None:
    """The provider makes a certificate anew when its hours change: all roots at once would be an outage."""
    assert trust.hours(trust.ROOT_LIFETIME) == 87600
    assert trust.hours(trust.INTERMEDIATE_LIFETIME) == 8760
    assert trust.hours(trust.WORKLOAD_LIFETIME) == 24


def test_a_long_trust_domain_fits_into_the_subject() -> None:
    assert len(trust.plan(certificates(), "mesh." + "x" * 100).organization) == 64


TWO = [(1, "2026-01-01"), (2, "2026-06-01")]
CASES = {
    "duplicate_numbers": (
        certificates(intermediates=[(1, "2026-06-01"), (1, FIRST)]),
        "mesh.certificates.intermediate.generations[1].number: 1",
        "is listed twice",
        "such as 2.",
    ),
    "signing_not_listed": (
        certificates(TWO, root=3),
        "mesh.certificates.root.signing: 3",
        "is not a listed generation",
        "Write one of 1, 2, or list it.",
    ),
    "issued_in_future": (
        certificates(intermediates=[(1, FIRST), (2, "2026-11-23")]),
        'mesh.certificates.intermediate.generations[1].issued: "2026-11-23"',
        "is after today, 2026-11-22",
        'Write "2026-11-22"',
    ),
    "issued_out_of_order": (
        certificates([(2, "2026-01-01"), (1, "2026-06-01")], root=1),
        'mesh.certificates.root.generations[0].issued: "2026-01-01"',
        "is before generation 1 was issued, on 2026-06-01",
        "in the order in which they are made",
    ),
    "too_many_roots": (
        certificates([*TWO, (3, FIRST)]),
        "mesh.certificates.root.generations: [1, 2, 3]",
        "are more than two roots",
        "Finish the rotation that is under way",
    ),
    "intermediate_outlives_root": (
        certificates([(1, "2017-11-23")], intermediates=[(1, "2017-11-23"), (2, FIRST)], intermediate=2),
        'mesh.certificates.intermediate.generations[1].issued: "2026-11-22"',
        "makes it end on 2027-11-22, after root 1 that signs it ends on 2027-11-21",
        "Replace the root first",
    ),
    "restarted_in_future": (
        certificates().model_copy(update={"workloads_restarted": datetime.datetime(2026, 11, 24, tzinfo=datetime.UTC)}),
        'mesh.certificates.workloadsRestarted: "2026-11-24T00:00:00Z"',
        "is after today, 2026-11-22",
        "Restart them first",
    ),
}


def test_every_rule_has_a_case() -> None:
    assert [rule.__name__ for rule in RULES.values()] == list(CASES)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.__name__)
def test_the_rule_says_what_is_wrong_and_what_to_write(rule: Any) -> None:
    wrong, *parts = CASES[rule.__name__]
    [problem] = told(wrong, rule)
    assert [part for part in parts if part not in str(problem)] == []
    assert told(wrong) == [problem]


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.__name__)
@PROPERTIES
@given(accepted())
def test_no_rule_refuses_what_can_be_built(rule: Any, drawn: Certificates) -> None:
    assert told(drawn, rule) == []


def test_an_intermediate_may_end_on_the_day_of_its_root() -> None:
    last = certificates([(1, "2017-11-24")], intermediates=[(1, "2026-11-22")])
    assert told(last) == []


@pytest.mark.parametrize("wrong", ["signing_not_listed", "intermediate_outlives_root"])
def test_without_the_rules_no_plan_has_a_signer_that_cannot_exist(wrong: str) -> None:
    with pytest.raises(ValueError, match="cannot give intermediate"):
        trust.plan(CASES[wrong][0], "cluster.local")
