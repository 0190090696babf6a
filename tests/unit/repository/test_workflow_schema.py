"""The workflows against the schema that editors check them with, as check-jsonschema carries it."""

import json
from importlib import resources
from typing import Any

import jsonschema
import pytest

from tests.support.unit.workflows import NAMES, load, triggers

SCHEMA: dict[str, Any] = json.loads(
    (resources.files("check_jsonschema") / "builtin_schemas/vendor/github-workflows.json").read_text()
)
ON: Any = True


def refusals(workflow: dict[Any, Any]) -> list[str]:
    """What the schema has against it, by place."""
    said = {"on": triggers(workflow)} | {key: value for key, value in workflow.items() if key != ON}
    found = jsonschema.Draft7Validator(SCHEMA).iter_errors(said)
    return [f"{error.json_path}: {error.message[:200]}" for error in found]


def test_it_is_the_draft_that_it_is_read_as() -> None:
    assert jsonschema.validators.validator_for(SCHEMA) is jsonschema.Draft7Validator


@pytest.mark.parametrize("name", NAMES)
def test_every_workflow_fits_the_schema(name: str) -> None:
    assert refusals(load(name)) == []


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"permisions": {}}, "$"),
        ({ON: {"pull_requests": None}}, "$.on"),
        ({"jobs": {"a": {"runs-on": "x", "steps": [{"run": "a", "uses": "b"}]}}}, "$.jobs.a"),
        ({"jobs": {"a": {"runs-on": "x", "permissions": {"contents": "all"}}}}, "$.jobs.a"),
        ({"concurrency": {"cancel-in-progress": True}}, "$.concurrency"),
    ],
)
def test_the_schema_sees_what_is_wrong(wrong: dict[Any, Any], where: str) -> None:
    right = {ON: {"push": None}, "jobs": {"a": {"runs-on": "x", "steps": [{"run": "a"}]}}}
    assert refusals(right) == []
    assert any(each.startswith(where) for each in refusals({**right, **wrong}))
