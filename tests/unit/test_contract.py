"""The outputs that app teams rely on."""

import json
from typing import Any

import jsonschema
import pytest

from design import contract
from tests.unit import harness
from tests.unit.harness import ROOT, Stack

RELEASED = ROOT / "docs" / "contract"


@pytest.fixture(scope="module", params=["dev", "prod"])
def updated(request: pytest.FixtureRequest) -> Stack:
    """Both stacks, prod with its placeholders written over."""
    return harness.update(request.param, harness.owned(request.param))


def test_the_outputs_fit_the_released_contract(updated: Stack) -> None:
    released = json.loads((RELEASED / f"v{contract.VERSION}.json").read_text())
    jsonschema.validate(updated.outputs, released)


def test_exactly_the_contract_is_put_out(updated: Stack) -> None:
    assert sorted(updated.outputs) == sorted(contract.keys())


def missing(released: Any, current: Any, path: str = "") -> list[str]:
    """What the released schema promises and the current one does not; words and new keys do not count."""
    if isinstance(released, dict) and isinstance(current, dict):
        return [
            each
            for key, value in released.items()
            if key not in ("description", "title")
            for each in (missing(value, current[key], f"{path}/{key}") if key in current else [f"{path}/{key}"])
        ]
    if isinstance(released, list) and isinstance(current, list):
        return [f"{path}/{each}" for each in released if each not in current]
    return [] if released == current else [path]


def test_a_released_promise_is_kept() -> None:
    broken = missing(json.loads((RELEASED / f"v{contract.VERSION}.json").read_text()), contract.schema())
    assert broken == [], "A key that goes or changes its type is a new design.contract.VERSION with its own file."


@pytest.mark.parametrize(
    "path", [("properties", "kubeconfig"), ("$defs", "Gateway", "properties", "ports", "items", "type")]
)
def test_a_broken_promise_is_named(path: tuple[str, ...]) -> None:
    current = contract.schema()
    holder = current
    for key in path[:-1]:
        holder = holder[key]
    del holder[path[-1]]
    assert missing(contract.schema(), current) == ["/" + "/".join(path)]


def test_every_output_says_what_it_is() -> None:
    schema = contract.schema()
    models = [schema, *schema["$defs"].values()]
    assert [key for model in models for key, field in model["properties"].items() if "description" not in field] == []


def test_a_missing_output_would_be_noticed(updated: Stack) -> None:
    without = {key: value for key, value in updated.outputs.items() if key != "kubeconfig"}
    with pytest.raises(jsonschema.ValidationError, match="kubeconfig"):
        jsonschema.validate(without, contract.schema())


def test_the_kubeconfig_holds_no_credential(updated: Stack) -> None:
    user = json.loads(updated.outputs["kubeconfig"])["users"][0]["user"]
    assert list(user) == ["exec"]
    assert user["exec"]["command"] == "aws"


def test_no_output_is_secret(updated: Stack) -> None:
    assert "[secret]" not in harness.texts(updated.outputs)
