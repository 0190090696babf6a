"""The contract as an SSM parameter: plain, whole, and small enough."""

import json

import pytest

from components.contract import parameter as contract_parameter
from ops.offline.monitor import UNKNOWN
from tests.support.unit import harness
from tests.support.unit.recorded import Node, Stack
from tests.support.unit.rule_case import ADMIN, REGION, settings

TYPE = "aws:ssm/parameter:Parameter"


@pytest.fixture(scope="module", params=["dev", "prod"])
def updated(request: pytest.FixtureRequest) -> Stack:
    """Both stacks, prod with its placeholders written over."""
    return harness.update(request.param, harness.owned(request.param))


def parameter(stack: Stack) -> Node:
    return stack.one(TYPE, "contract")


def test_it_is_called_after_the_environment(updated: Stack) -> None:
    stack = updated.document["stack"]
    assert parameter(updated).inputs["name"] == f"/istio-eks-{stack}/contract"


def test_it_holds_exactly_the_outputs(updated: Stack) -> None:
    assert json.loads(parameter(updated).inputs["insecureValue"]) == updated.outputs


def test_it_is_plain_so_that_nobody_needs_a_key_for_it(updated: Stack) -> None:
    inputs = parameter(updated).inputs
    assert inputs["type"] == "String"
    assert not {"keyId", "value", "valueWo"} & inputs.keys()


def test_it_is_written_after_everything_it_names_works(updated: Stack) -> None:
    assert parameter(updated).reaches(updated.release("gateway-public"))
    assert parameter(updated).reaches(updated.kubernetes("VirtualService", "productpage"))


def test_a_destroy_that_is_refused_leaves_it_alone(updated: Stack) -> None:
    guard = updated.kubernetes("ConfigMap", "destroy-guard")
    assert guard.reaches(parameter(updated))


def test_a_first_preview_does_not_know_it(dev: Stack) -> None:
    assert parameter(dev).inputs["insecureValue"] == UNKNOWN


def test_it_is_left_out_where_the_settings_say_so() -> None:
    assert harness.preview("dev", {"istio-eks:contractParameter": "false"}).of_type(TYPE) == []


def test_the_same_outputs_are_the_same_text() -> None:
    assert contract_parameter.text({"b": 1, "a": [None]}) == contract_parameter.text({"a": [None], "b": 1})


def size(namespaces: int) -> int:
    teams = [{"name": f"team-{i:02}", "editors": [ADMIN]} for i in range(namespaces)]
    return contract_parameter.longest(settings({"namespaces": teams}), REGION, "prod")


def test_with_a_few_namespaces_it_costs_nothing_and_two_dozen_fit() -> None:
    assert size(1) <= contract_parameter.STANDARD < size(20) < size(24) <= contract_parameter.ADVANCED
