"""The contract where consumers can read it without the state of this stack."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from ..settings.context import Site
from . import parameter as contract_parameter


@dataclass(frozen=True, kw_only=True)
class ContractParameterArgs:
    """outputs: the contract; none of them is secret."""

    outputs: Mapping[str, pulumi.Input[Any]]
    site: Site


class ContractParameter(pulumi.ComponentResource):
    """One plain SSM parameter with the contract as JSON; asks contract.parameter."""

    def __init__(self, name: str, args: ContractParameterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        path = contract_parameter.name(args.site.environment)
        super().__init__("istio-eks:contract:ContractParameter", name, {"parameter": path}, opts)

        aws.ssm.Parameter(
            name,
            name=path,
            type=contract_parameter.TYPE,
            tier=contract_parameter.TIER,
            description="What app teams build on: the outputs of the stack, docs/outputs.md",
            # Not ``value``, which Pulumi keeps secret: a preview is to show what changes for consumers.
            insecure_value=pulumi.Output.all(**args.outputs).apply(contract_parameter.text),
            tags=args.site.named("contract"),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
