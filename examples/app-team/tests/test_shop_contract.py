"""What the reader takes, and what it says of what is missing."""

from typing import Any

import pytest
from promised import outputs

from shop import contract
from shop.contract import ContractError

SOURCE = "The stack organization/istio-eks/prod"


def refusal(changed: dict[str, Any] | None) -> str:
    with pytest.raises(ContractError) as refused:
        contract.read(SOURCE, changed)
    return str(refused.value)


def test_it_takes_what_it_needs_and_leaves_the_rest() -> None:
    found = contract.read(SOURCE, outputs())
    assert found.gateway("public").reference == "gateway-public/public"
    assert found.gateway("public").ports == (80, 443)
    assert found.namespace("shop").hosts == ("public/shop.example.com",)
    assert found.node_labels == {"istio-eks/node-group": "apps"}
    assert found.node_tolerations[0]["key"] == "team"


NEEDED = [
    "kubeconfig",
    "trustDomain",
    "appNodes",
    "appNodes.labels",
    "appNodes.tolerations",
    "gateways",
    "gateways.public.gateway",
    "gateways.public.principal",
    "gateways.public.ports",
    "gateways.public.dnsName",
    "namespaces",
    "namespaces.shop.principalPrefix",
    "namespaces.shop.hosts",
]


@pytest.mark.parametrize("path", NEEDED)
def test_a_missing_output_is_named_with_its_stack_and_version(path: str) -> None:
    said = refusal(outputs(path))
    assert said.startswith(f"{SOURCE} has no output {path}, which version 1 of the contract promises.")


@pytest.mark.parametrize("path", NEEDED)
def test_an_output_of_another_type_is_named_too(path: str) -> None:
    assert f"The output {path} of {SOURCE} is not a" in refusal(outputs(path, None))


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("gateways.public.ports", ["80"], "gateways.public.ports[0] of"),
        ("namespaces.shop.hosts", [{}], "namespaces.shop.hosts[0] of"),
        ("appNodes.tolerations", ["x"], "appNodes.tolerations[0] of"),
    ],
)
def test_so_is_what_stands_in_a_list(path: str, value: list[Any], said: str) -> None:
    assert said in refusal(outputs(path, value))


def test_another_version_is_not_guessed_at() -> None:
    said = refusal(outputs("contractVersion", 2.0))
    assert "speaks version 2 of the contract, this program version 1" in said
    assert "v1.json and v2.json" in said


@pytest.mark.parametrize("version", ["1", [1], None, True])
def test_a_version_that_is_no_number_is_named(version: Any) -> None:
    said = refusal(outputs("contractVersion", version))
    assert said.startswith(f"The output contractVersion of {SOURCE} is not a number")


@pytest.mark.parametrize("nothing", [None, {}, outputs("contractVersion")])
def test_a_stack_that_is_no_platform_is_said_to_be_none(nothing: dict[str, Any] | None) -> None:
    assert "has no output contractVersion: it is not the platform's, or was never brought up" in refusal(nothing)


def test_a_name_that_is_not_there_comes_with_those_that_are() -> None:
    found = contract.read(SOURCE, outputs())
    with pytest.raises(ContractError, match=r"has no output gateways\.inside: it has public\."):
        found.gateway("inside")
    with pytest.raises(ContractError, match=r"has no output namespaces\.shop: it has none\."):
        contract.read(SOURCE, outputs("namespaces", {})).namespace("shop")
