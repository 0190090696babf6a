"""What holds of all rules together; the cases of each are beside this file, by area."""

import pytest

from components.settings import registry
from components.settings.problems import Problem
from components.stack.rules import RULES, problems
from tests.support.days import TODAY
from tests.support.unit.rule_case import ADMIN, REGION, settings
from tests.unit.capacity import test_rules_capacity
from tests.unit.cluster import test_rules_cluster
from tests.unit.gateways import test_rules_gateways
from tests.unit.istio import test_rules_mesh
from tests.unit.network import test_rules_network
from tests.unit.stack import test_rules_tags_and_images

AREAS = (
    test_rules_capacity,
    test_rules_cluster,
    test_rules_gateways,
    test_rules_mesh,
    test_rules_network,
    test_rules_tags_and_images,
)
CASES = [case for area in AREAS for case in area.CASES]


def test_every_rule_has_a_case() -> None:
    assert RULES.keys() - {case.rule for case in CASES} == set()


def test_a_rule_without_a_case_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RULES, "network.new", lambda context: [])
    with pytest.raises(AssertionError):
        test_every_rule_has_a_case()


def test_good_settings_have_no_problem() -> None:
    assert problems(settings(), REGION, TODAY) == []


@pytest.mark.parametrize("changes", test_rules_gateways.ALLOWED)
def test_hosts_of_different_owners_stand_side_by_side(changes: dict[str, object]) -> None:
    told = problems(settings({**changes, "bookinfo": {"enabled": False}}), REGION, TODAY)
    assert [problem for problem in told if "hosts" in problem.key] == []


def test_all_problems_are_told_at_once_in_the_order_of_the_settings() -> None:
    wrong = settings(
        {
            "tags": {"Name": "x"},
            "cluster": {"admins": [ADMIN], "viewers": [ADMIN]},
            "network": {"zones": ["us-west-2a"]},
            "mesh": {"values": {"istiod": {"env": {"PILOT_CACHE_SQUASH": "5"}}}},
        }
    )
    assert [problem.key for problem in problems(wrong, REGION, TODAY, stack="a.b")] == [
        "the stack's name",
        "network.zones",
        "cluster.viewers[0]",
        "mesh.values.istiod.env.PILOT_CACHE_SQUASH",
        "tags.Name",
    ]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_problem_says_why_and_what_to_write(case: object) -> None:
    told: list[Problem] = [
        problem
        for rule in RULES.values()
        for problem in rule(
            registry.Context(
                settings=settings(case.changes),  # type: ignore[attr-defined]
                region=case.region,  # type: ignore[attr-defined]
                today=case.today,  # type: ignore[attr-defined]
                stack=case.stack,  # type: ignore[attr-defined]
                default_tags=case.default_tags,  # type: ignore[attr-defined]
            )
        )
    ]
    assert told
    for problem in told:
        assert problem.reason.endswith("."), problem
        assert problem.remedy.endswith("."), problem


def test_two_rules_never_share_a_name() -> None:
    with pytest.raises(ValueError, match=r"network\.zones"):
        registry.register("network.zones", lambda context: [])
