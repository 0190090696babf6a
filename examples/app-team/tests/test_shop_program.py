"""The whole program under the SDK's mocks: what it reads, makes and puts out."""

import asyncio
import contextvars
import json
import runpy
import sys
from collections.abc import Mapping
from typing import Any

import pulumi
import pytest
from conftest import PROJECT
from promised import outputs
from pulumi.runtime import mocks, set_all_config, settings
from pulumi.runtime.stack import run_in_stack

from shop.contract import ContractError

STACK = {"shop:platform": "organization/istio-eks/prod"}
PARAMETER = {"shop:parameter": "/istio-eks-prod/contract"}


class Platform(mocks.Mocks):
    """A stack and a parameter with the same outputs, or a text in the parameter.

    made: inputs of what was registered, by type and name.
    """

    def __init__(self, outputs: Mapping[str, Any], text: str | None = None) -> None:
        self.outputs = outputs
        self.text = json.dumps(outputs) if text is None else text
        self.made: dict[tuple[str, str], dict[str, Any]] = {}

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        kind = args.typ.rpartition(":")[2]
        self.made[kind, args.name] = args.inputs
        if kind == "StackReference":
            return args.name, {**args.inputs, "outputs": self.outputs, "secretOutputNames": []}
        return f"{args.name}-id", args.inputs

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        assert args.args["name"] == "/istio-eks-prod/contract"
        return {"insecureValue": self.text}, []


def run(platform: Platform, config: Mapping[str, str]) -> None:
    """Run the program once, with its own settings."""

    async def main() -> None:
        # Whatever else fails of a broken promise says the same again, when it is collected.
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
        # What a run before this one left unanswered belongs to a loop that is closed.
        settings.reset_options()
        mocks.set_mocks(platform, project="shop", stack="test")
        # The mocks bring a root of their own, and the program makes another.
        settings.ROOT.set(None)
        set_all_config(dict(config))
        sys.path.insert(0, str(PROJECT))
        await run_in_stack(lambda: (runpy.run_path(str(PROJECT / "__main__.py"), run_name="__main__"), None)[1])

    contextvars.Context().run(asyncio.run, main())


@pytest.fixture(params=[STACK, PARAMETER], ids=["stack", "parameter"])
def made(request: pytest.FixtureRequest) -> dict[tuple[str, str], dict[str, Any]]:
    platform = Platform(outputs())
    run(platform, request.param)
    return {where: inputs for where, inputs in platform.made.items() if where[0] != "StackReference"}


def test_it_makes_one_service_from_either_source(made: dict[tuple[str, str], dict[str, Any]]) -> None:
    assert made.keys() == {
        ("kubernetes", "cluster"),
        ("Catalog", "catalog"),
        ("AuthorizationPolicy", "catalog-AuthorizationPolicy"),
        ("Deployment", "catalog-v1"),
        ("DestinationRule", "catalog-DestinationRule"),
        ("PodDisruptionBudget", "catalog-budget"),
        ("Service", "catalog"),
        ("ServiceAccount", "catalog-account"),
        ("VirtualService", "catalog-VirtualService"),
    }
    assert made["VirtualService", "catalog-VirtualService"]["spec"]["gateways"] == ["gateway-public/public"]
    provider = made["kubernetes", "cluster"]
    assert provider["kubeconfig"] == outputs()["kubeconfig"]
    assert provider["clusterIdentifier"] == outputs()["clusterArn"]


def test_everything_stands_in_the_namespace(made: dict[tuple[str, str], dict[str, Any]]) -> None:
    namespaces = {inputs["metadata"]["namespace"] for inputs in made.values() if "metadata" in inputs}
    assert namespaces == {"shop"}


@pytest.mark.parametrize(
    ("config", "promised", "said"),
    [
        (STACK, outputs("namespaces.shop"), r"stack organization/istio-eks/prod has no output namespaces\.shop"),
        (STACK, {}, "has no output contractVersion"),
        (PARAMETER, outputs("contractVersion", 3), "speaks version 3"),
    ],
)
def test_a_broken_promise_ends_it(config: Mapping[str, str], promised: Mapping[str, Any], said: str) -> None:
    with pytest.raises(ContractError, match=said):
        run(Platform(promised), config)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is a SecureString, or empty"),
        ("kubeconfig: x", "is no JSON: Expecting value"),
        ("[1]", "holds no map of outputs"),
        ('{"contractVersion": "1"}', "The output contractVersion of"),
    ],
)
def test_a_parameter_that_holds_something_else_is_named(text: str, said: str) -> None:
    with pytest.raises(ContractError, match=said) as refused:
        run(Platform({}, text), PARAMETER)
    assert "he parameter /istio-eks-prod/contract" in str(refused.value)


@pytest.mark.parametrize("config", [{}, {**STACK, **PARAMETER}])
def test_the_contract_has_one_place(config: Mapping[str, str]) -> None:
    with pytest.raises(pulumi.RunError, match="Write one of the two"):
        run(Platform(outputs()), config)
