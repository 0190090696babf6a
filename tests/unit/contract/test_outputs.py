"""The outputs that app teams rely on."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from components.contract import model as contract
from tests.support.stack_files import ROOT
from tests.support.unit import harness
from tests.support.unit.recorded import Stack

Schema = dict[str, Any]

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
    assert broken == [], (
        "A key that goes or changes its type is a new components.contract.model.VERSION with its own file."
    )


def without(schema: Schema, *path: str) -> None:
    """Take away what stands at the path."""
    *above, name = path
    for key in above:
        schema = schema[key]
    del schema[name]


def retyped(schema: Schema, *path: str) -> None:
    """Another type where a text or number stood."""
    for key in path:
        schema = schema[key]
    schema["type"] = "array" if schema["type"] != "array" else "string"


GATEWAY = ("$defs", "Gateway", "properties")
# What is done to the contract, and what the test says of it.
BREAKING: list[tuple[Callable[..., None], tuple[str, ...], list[str]]] = [
    (without, ("properties", "kubeconfig"), ["/properties/kubeconfig"]),
    (without, (*GATEWAY, "principal"), ["/$defs/Gateway/properties/principal"]),
    (retyped, ("properties", "vpcId"), ["/properties/vpcId/type"]),
    (retyped, (*GATEWAY, "ports", "items"), ["/$defs/Gateway/properties/ports/items/type"]),
    (retyped, ("properties", "privateSubnetIds"), ["/properties/privateSubnetIds/type"]),
    (
        retyped,
        ("properties", "discoveryLabel", "additionalProperties"),
        ["/properties/discoveryLabel/additionalProperties/type"],
    ),
    (without, ("$defs", "Namespace"), ["/$defs/Namespace"]),
]


@pytest.mark.parametrize(("change", "path", "said"), BREAKING)
def test_a_broken_promise_is_named(change: Callable[..., None], path: tuple[str, ...], said: list[str]) -> None:
    current = contract.schema()
    change(current, *path)
    assert missing(contract.schema(), current) == said


def test_a_promise_that_is_no_longer_always_kept_is_named() -> None:
    current = contract.schema()
    current["required"].remove("vpcId")
    assert missing(contract.schema(), current) == ["/required/vpcId"]


def test_a_new_output_and_other_words_break_nothing() -> None:
    current = contract.schema()
    current["properties"]["new"] = {"type": "string"}
    current["required"].append("new")
    current["properties"]["region"]["description"] = "Other words."
    assert missing(contract.schema(), current) == []


# A consumer holds its own copy against these; an edited one would hide what changed.
PUBLISHED = {"v1.json": "a3a4217ae77df681816672db3b5c42161c10cb7f4da433b85a7c0c059acad3b7"}


def test_a_released_schema_is_never_edited() -> None:
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in RELEASED.iterdir()}
    assert found == PUBLISHED, (
        "Restore the file; a changed contract is another components.contract.model.VERSION with its own."
    )


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
