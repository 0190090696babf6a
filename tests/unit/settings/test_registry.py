"""What holds of all rules together; the cases of each are beside this file, by area."""

import re

import pytest

from components.settings import registry
from components.settings.registry import LAYERS, Context, Layer
from components.stack.rules import RULES, problems
from tests.support.days import TODAY
from tests.support.stack_files import ROOT
from tests.support.unit.rule_case import ADMIN, REGION, Case, context, settings
from tests.unit.capacity import test_rules as capacity
from tests.unit.cluster import test_rules as cluster
from tests.unit.gateways import test_rules as gateways
from tests.unit.istio import test_rules as istio
from tests.unit.network import test_rules as network
from tests.unit.stack import test_rules as stack

AREAS = (
    capacity,
    cluster,
    gateways,
    istio,
    network,
    stack,
)
CASES = [case for area in AREAS for case in area.CASES]


def test_every_rule_has_a_case() -> None:
    assert RULES.keys() - {case.rule for case in CASES} == set()


def test_a_rule_without_a_case_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = registry.Rule(name="network.new", layers=("network",), check=lambda context: [])
    monkeypatch.setitem(RULES, "network.new", rule)
    with pytest.raises(AssertionError):
        test_every_rule_has_a_case()


def test_good_settings_have_no_problem() -> None:
    assert problems(context()) == []


@pytest.mark.parametrize("changes", gateways.ALLOWED)
def test_hosts_of_different_owners_stand_side_by_side(changes: dict[str, object]) -> None:
    told = problems(context({**changes, "bookinfo": {"enabled": False}}))
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
    assert [problem.key for problem in problems(Context(settings=wrong, region=REGION, today=TODAY, stack="a.b"))] == [
        "the stack's name",
        "network.zones",
        "cluster.viewers[0]",
        "mesh.values.istiod.env.PILOT_CACHE_SQUASH",
        "tags.Name",
    ]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_problem_says_why_and_what_to_write(case: Case) -> None:
    told = problems(case.context)
    assert told
    for problem in told:
        assert problem.reason.endswith("."), problem
        assert problem.remedy.endswith("."), problem


# Layers, from the lowest. Keys of none of them belong to the whole stack.
LAYER_OF_KEY: dict[str, Layer] = {
    "network": "network",
    "cluster": "cluster",
    "mesh": "mesh",
    "gateways": "mesh",
    "namespaces": "tenants",
    "bookinfo": "tenants",
}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_no_rule_speaks_of_a_layer_above_its_own(case: Case) -> None:
    rule = RULES[case.rule]
    highest = max(LAYERS.index(layer) for layer in rule.layers)
    for problem in rule.check(case.context):
        layer = LAYER_OF_KEY.get(re.split(r"[.\[]", problem.key)[0], LAYERS[0])
        assert LAYERS.index(layer) <= highest, f"{rule.name} of {rule.layers} speaks of {problem.key}"


def test_the_rules_of_one_subject_are_asked_alone() -> None:
    wrong = context({"network": {"zones": []}, "cluster": {"version": "1.99"}})
    assert [problem.key for problem in problems(wrong, subjects={"network"})] == ["network.zones"]
    assert [problem.key for problem in problems(wrong, subjects={"cluster"})] == ["cluster.version"]
    assert problems(wrong, subjects={"trust"}) == []


def test_the_rules_of_some_layers_are_asked_alone() -> None:
    wrong = context({"network": {"zones": []}, "cluster": {"version": "1.99"}})
    assert [problem.key for problem in problems(wrong, layers={"cluster", "mesh"})] == ["cluster.version"]


def test_every_module_of_rules_is_found() -> None:
    written = {path.parent.name for path in (ROOT / "components").rglob("*rules.py") if "@rule(" in path.read_text()}
    assert {rule.subject for rule in RULES.values()} == written


def test_two_rules_never_share_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "RULES", dict(RULES))
    with pytest.raises(ValueError, match=r"two rules are named network\.zones"):
        registry.rule("network")(RULES["network.zones"].check)


def test_a_rule_names_a_layer() -> None:
    with pytest.raises(ValueError, match="names no layer: write one of network, cluster, mesh, tenants"):
        registry.rule()(RULES["network.zones"].check)
