"""Where the contract is read: the outputs of the platform's stack, or the SSM parameter with the same."""

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from shop import contract
from shop.contract import Contract, ContractError


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A stack in the backend of this project: ``organization/istio-eks/dev``."""

    name: str


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """An SSM parameter of the account and region that ``aws:region`` and the credentials lead to."""

    name: str


Source = Stack | Parameter


def read(source: Source) -> pulumi.Output[Contract]:
    """The contract; known in a preview too. Raises ContractError."""
    if isinstance(source, Parameter):
        return pulumi.Output.from_input(_in_parameter(source.name))
    return pulumi.StackReference(source.name).outputs.apply(
        lambda outputs: contract.read(f"The stack {source.name}", outputs)
    )


def _in_parameter(name: str) -> Contract:
    where = f"The parameter {name}"
    try:
        # Read for what is plain: the field ``value`` would make everything secret.
        text = aws.ssm.get_parameter(name=name).insecure_value
    except Exception as error:
        raise ContractError(
            f"{where} cannot be read: {error}\nIt needs ssm:GetParameter, the platform's account and region, and the "
            "platform's setting contractParameter."
        ) from None
    return contract.read(where, json.loads(text))
