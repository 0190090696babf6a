"""Every rule about risks: what it finds, and what it keeps quiet about. The cases are in ``diff_risks``."""

import pytest

from ops.diff import risks
from ops.diff.changes import Sides
from tests.support.unit.diff_risks.case import Case
from tests.support.unit.diff_risks.cases import CALM, RISKY

NAMES = [rule.name for rule in risks.RULES]


def told(case: Case, rule: str) -> list[str]:
    return [f"{risk.subject}: {risk.told}" for risk in case.comparison().risks if risk.rule == rule]


def test_no_rule_is_without_a_case_on_both_sides() -> None:
    assert set(NAMES) == set(RISKY) == set(CALM)


def test_every_rule_has_a_name_of_its_own() -> None:
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize(
    ("rule", "case"),
    [pytest.param(rule, case, id=f"{rule}-{case.id}") for rule, some in RISKY.items() for case in some],
)
def test_a_rule_finds(rule: str, case: Case) -> None:
    found = told(case, rule)
    assert len(found) == case.findings, found
    assert any(case.says in each for each in found), found


@pytest.mark.parametrize(
    ("rule", "case"), [pytest.param(rule, case, id=f"{rule}-{case.id}") for rule, some in CALM.items() for case in some]
)
def test_a_rule_keeps_quiet(rule: str, case: Case) -> None:
    assert told(case, rule) == []


@pytest.mark.parametrize("rule", risks.RULES, ids=NAMES)
def test_a_rule_says_why_and_what_to_do(rule: risks.Rule) -> None:
    assert rule.title[0].isupper()
    assert not rule.title.endswith(".")
    assert rule.why.endswith(".")
    assert rule.find.__doc__


@pytest.mark.parametrize(
    "rule", [rule for rule in risks.RULES if Sides.BOTH in rule.applies], ids=lambda rule: rule.name
)
def test_a_rule_finds_nothing_where_nothing_differs(rule: risks.Rule) -> None:
    for some in (*RISKY.values(), *CALM.values()):
        for case in some:
            assert list(rule.find(case.unchanged())) == []
