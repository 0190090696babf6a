"""The contract as an SSM parameter, for consumers that cannot read the state of this stack."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from ..settings.context import Site
from . import parameter as contract_parameter


@dataclass(frozen=True, kw_only=True)
class ContractParameterArgs:
    """Arguments of ContractParameter."""

    outputs: Mapping[str, pulumi.Input[Any]]
    """The contract; none of its outputs is secret."""
    site: Site
    """Environment and tags of the stack."""


class ContractParameter(pulumi.ComponentResource):
    """One plain SSM parameter with the contract as JSON; uses contract.parameter."""

    def __init__(self, name: str, args: ContractParameterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        path = contract_parameter.name(args.site.environment)
        super().__init__("istio-eks:contract:ContractParameter", name, {"parameter": path}, opts)

        aws.ssm.Parameter(
            name,
            name=path,
            type=contract_parameter.TYPE,
            tier=contract_parameter.TIER,
            description="What app teams build on: the outputs of the stack, docs/outputs.md",
            # Not ``value``, which Pulumi treats as secret: a preview must show what changes for consumers.
            insecure_value=pulumi.Output.all(**args.outputs).apply(contract_parameter.text),
            tags=args.site.named("contract"),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
