"""What holds of all rules together; their cases are in ``test_rules.py`` of each subject."""

import importlib
import re

import pytest

from components.settings import registry
from components.settings.registry import LAYERS, Context, Layer
from components.stack.rules import RULES, problems
from tests.support.days import TODAY
from tests.support.stack_files import ROOT
from tests.support.unit.rule_case import ADMIN, REGION, Case, context, settings

# Modules of cases by subject, found: a new subject is not forgotten.
SUBJECTS = {
    path.parent.name: importlib.import_module(f"tests.unit.{path.parent.name}.test_rules")
    for path in sorted((ROOT / "tests" / "unit").glob("*/test_rules.py"))
}
CASES: list[Case] = [case for module in SUBJECTS.values() for case in module.CASES]


def test_every_rule_has_a_case() -> None:
    assert RULES.keys() - {case.rule for case in CASES} == set()


@pytest.mark.parametrize("name", ["network.new", "new.first"])
def test_a_rule_without_a_case_is_seen(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    rule = registry.Rule(name=name, layers=("network",), check=lambda context: [])
    monkeypatch.setitem(RULES, name, rule)
    with pytest.raises(AssertionError):
        test_every_rule_has_a_case()


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_case_stands_with_its_subject(subject: str) -> None:
    assert {RULES[case.rule].subject for case in SUBJECTS[subject].CASES} == {subject}


def test_good_settings_have_no_problem() -> None:
    assert problems(context()) == []


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


def test_rules_are_asked_in_an_order_that_no_import_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "RULES", dict(reversed(RULES.items())))
    assert [rule.name for rule in registry.select()] == sorted(RULES)
