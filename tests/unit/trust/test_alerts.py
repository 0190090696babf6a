"""The rules file: what Prometheus takes, on metrics that istiod has, with the days of the program's own warnings."""

import datetime
import re
from typing import Any

import jsonschema
import promql_parser
import pytest
import yaml

from components import trust
from components.trust import alerts
from ops.docs import generated
from tests.support.stack_files import ROOT

TEXT = {"type": "string", "minLength": 1}
LABELS = {"type": "object", "patternProperties": {"^[a-zA-Z_][a-zA-Z0-9_]*$": TEXT}, "additionalProperties": False}


def strict(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required or properties),
        "additionalProperties": False,
    }


# What rulefmt takes of alerting rules (prometheus model/rulefmt/rulefmt.go); an unknown key is an error there.
DURATION = {"type": "string", "pattern": "^([0-9]+(y|w|d|h|m|s|ms))+$"}
ALERT = strict({"alert": TEXT, "expr": TEXT, "for": DURATION, "labels": LABELS, "annotations": LABELS})
SCHEMA = strict(
    {"groups": {"type": "array", "items": strict({"name": TEXT, "rules": {"type": "array", "items": ALERT}})}}
)


@pytest.fixture(scope="module")
def rules() -> dict[str, dict[str, Any]]:
    """The committed file by the names of its alerts."""
    written = yaml.safe_load((ROOT / generated.PROMETHEUS).read_text())
    jsonschema.validate(written, SCHEMA)
    [group] = written["groups"]
    return {rule["alert"]: rule for rule in group["rules"]}


@pytest.mark.parametrize("wrong", [{"group": []}, {"groups": [{"name": "a", "rules": [{"alert": "A"}]}]}])
def test_the_schema_refuses_what_prometheus_does(wrong: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, SCHEMA)


def test_no_name_is_given_twice(rules: dict[str, Any]) -> None:
    assert len(rules) == len(alerts.rules()["groups"][0]["rules"])


def test_every_expression_is_promql(rules: dict[str, Any]) -> None:
    for rule in rules.values():
        promql_parser.parse(rule["expr"])
    with pytest.raises(ValueError, match="unclosed"):
        promql_parser.parse("max(up")


def test_the_days_are_those_of_the_warnings(rules: dict[str, Any]) -> None:
    """Days left are counted to the day on which another has to sign, as in ``trust.expiries``."""
    day = int(datetime.timedelta(days=1).total_seconds())
    found = {name: list(map(int, re.findall(r"\b\d+\b", rule["expr"]))) for name, rule in rules.items()}
    for kind, lifetime in (("Intermediate", trust.WORKLOAD_LIFETIME), ("Root", trust.INTERMEDIATE_LIFETIME)):
        assert found[f"Mesh{kind}EndsSoon"] == [lifetime.days * day, trust.SOON.days * day]
        assert found[f"Mesh{kind}EndsVerySoon"] == [lifetime.days * day, trust.URGENT.days * day]


@pytest.mark.parametrize("kind", ["Intermediate", "Root"])
def test_the_later_alert_is_the_louder(rules: dict[str, Any], kind: str) -> None:
    levels = [rules[f"Mesh{kind}{name}"]["labels"]["severity"] for name in ("EndsSoon", "EndsVerySoon")]
    assert levels == ["warning", "critical"]


def test_every_alert_reads_a_metric_of_istiods(rules: dict[str, Any]) -> None:
    metrics = {each for rule in rules.values() for each in re.findall(r"citadel_\w+", rule["expr"])}
    assert metrics == {alerts.CHAIN, alerts.ROOT}


def test_every_runbook_that_is_named_is_there(rules: dict[str, Any]) -> None:
    named = {
        path for rule in rules.values() for path in re.findall(r"docs/[\w/.-]+\.md", rule["annotations"]["description"])
    }
    assert named
    assert [path for path in named if not (ROOT / path).is_file()] == []
