"""The outputs that app teams rely on."""

import json

import jsonschema
import pytest

from design import contract
from tests.unit import harness
from tests.unit.harness import ROOT, Stack

RELEASED = ROOT / "docs" / "contract"


@pytest.fixture(scope="module", params=["dev", "prod"])
def updated(request: pytest.FixtureRequest) -> Stack:
    """Both stacks, prod with its placeholders written over."""
    changes = {key: _owned(text) for key, text in harness.config(request.param).items()}
    return harness.update(request.param, changes)


def _owned(text: str) -> str:
    return text.replace("111122223333", "123456789012").replace("example.com", "acme.dev").replace("203.0.113", "8.8.8")


def test_the_outputs_fit_the_released_contract(updated: Stack) -> None:
    released = json.loads((RELEASED / f"v{contract.VERSION}.json").read_text())
    jsonschema.validate(updated.outputs, released)


def test_exactly_the_contract_is_put_out(updated: Stack) -> None:
    assert sorted(updated.outputs) == sorted(contract.keys())


def test_a_released_contract_is_never_edited() -> None:
    released = json.loads((RELEASED / f"v{contract.VERSION}.json").read_text())
    assert released == contract.schema(), "A changed contract is a new design.contract.VERSION with its own file."


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
