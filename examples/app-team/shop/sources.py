"""Where the contract is read: the outputs of the platform's stack, or the SSM parameter with the same."""

import json
from dataclasses import dataclass
from typing import NoReturn

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
    """Return the contract, which is known in a preview too.

    A ContractError fails the output, and with it all that is made from it.
    """
    if isinstance(source, Parameter):
        return _in_parameter(source.name)
    return pulumi.StackReference(source.name).outputs.apply(
        lambda outputs: contract.read(f"The stack {source.name}", outputs)
    )


def _in_parameter(name: str) -> pulumi.Output[Contract]:
    where = f"The parameter {name}"

    def unread(error: Exception) -> NoReturn:
        raise ContractError(
            f"{where} cannot be read: {error}\nIt needs ssm:GetParameter, the platform's account and region, and the "
            "platform's setting contractParameter."
        )

    # The plain field: with ``value`` everything made of it would be secret.
    text = aws.ssm.get_parameter_output(name=name).apply(lambda found: found.insecure_value).recover(unread)
    return text.apply(lambda found: contract.read(where, _outputs(where, found)))


def _outputs(where: str, text: str) -> contract.Outputs:
    if not text:
        raise ContractError(f"{where} is a SecureString, or empty: the platform writes its contract as a plain String.")
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ContractError(f"{where} is no JSON: {error}. Write the parameter of the platform.") from None
    if not isinstance(found, dict):
        raise ContractError(f"{where} holds no map of outputs. Write the parameter of the platform.")
    return found
