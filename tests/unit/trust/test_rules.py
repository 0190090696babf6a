"""Rules about the generations of the certificate authority."""

import datetime
from typing import Any

import pytest
from hypothesis import given

from components import trust
from components.settings import Certificates
from tests.support.unit.certificate_settings import FIRST, PROPERTIES, RULES, accepted, certificates, told
from tests.support.unit.rule_case import ONE, Case, check


def kinds(**written: object) -> dict[str, object]:
    return {"mesh": {"certificates": written}}


def generations(*issued: str, signing: int = 1) -> dict[str, object]:
    numbered = [{"number": number, "issued": day} for number, day in enumerate(issued, start=1)]
    return {"generations": numbered, "signing": signing}


CASES = [
    Case(
        rule="trust.duplicate_numbers",
        changes=kinds(root={"generations": [*ONE["generations"], *ONE["generations"]], "signing": 1}),  # type: ignore[misc]
        key="mesh.certificates.root.generations[1].number",
        says="listed twice",
    ),
    Case(
        rule="trust.signing_not_listed",
        changes=kinds(intermediate=generations("2026-11-01", signing=2)),
        key="mesh.certificates.intermediate.signing",
        says="not a listed generation",
    ),
    Case(
        rule="trust.issued_in_future",
        changes=kinds(root=generations("2026-11-23")),
        key="mesh.certificates.root.generations[0].issued",
        says="after today",
    ),
    Case(
        rule="trust.issued_out_of_order",
        changes=kinds(root=generations("2026-11-02", "2026-11-01")),
        key="mesh.certificates.root.generations[1].issued",
        says="before generation 1 was issued",
    ),
    Case(
        rule="trust.too_many_roots",
        changes=kinds(root=generations("2026-11-01", "2026-11-02", "2026-11-03")),
        key="mesh.certificates.root.generations",
        says="more than two roots",
    ),
    Case(
        rule="trust.intermediate_outlives_root",
        changes=kinds(root=generations("2016-12-31")),
        key="mesh.certificates.intermediate.generations[0].issued",
        says="no chain would verify",
    ),
    Case(
        rule="trust.restarted_in_future",
        changes=kinds(workloadsRestarted="2099-01-01T00:00:00Z"),
        key="mesh.certificates.workloadsRestarted",
        says="a restart of every workload",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_rule_tells_it(case: Case) -> None:
    check(case)


TWO = [(1, "2026-01-01"), (2, "2026-06-01")]
# Of each rule once, in full: settings, and what is said of them.
WRONG = {
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
        "Use one of 1, 2, or list this one too.",
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
        "in the order in which they are issued",
    ),
    "too_many_roots": (
        certificates([*TWO, (3, FIRST)]),
        "mesh.certificates.root.generations: [1, 2, 3]",
        "lists more than two roots",
        "Finish the current rotation",
    ),
    "intermediate_outlives_root": (
        certificates([(1, "2017-11-23")], intermediates=[(1, "2017-11-23"), (2, FIRST)], intermediate=2),
        'mesh.certificates.intermediate.generations[1].issued: "2026-11-22"',
        "makes the intermediate expire on 2027-11-22, after root 1 that signs it, which expires on 2027-11-21",
        "Replace the root first",
    ),
    "restarted_in_future": (
        certificates().model_copy(update={"workloads_restarted": datetime.datetime(2026, 11, 24, tzinfo=datetime.UTC)}),
        'mesh.certificates.workloadsRestarted: "2026-11-24T00:00:00Z"',
        "is after today, 2026-11-22",
        "Restart the workloads first",
    ),
}


def test_every_rule_has_a_case() -> None:
    assert [rule.__name__ for rule in RULES.values()] == list(WRONG)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.__name__)
def test_the_rule_says_what_is_wrong_and_what_to_write(rule: Any) -> None:
    wrong, *parts = WRONG[rule.__name__]
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
        trust.plan(WRONG[wrong][0], "cluster.local")
