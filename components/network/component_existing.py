"""An existing VPC, with the same outputs as a new one."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from .. import settings


@dataclass(frozen=True, kw_only=True)
class ExistingVpcArgs:
    """Arguments of ExistingVpc."""

    settings: settings.ExistingNetwork
    """``network.existing`` of the settings."""


class ExistingVpc(pulumi.ComponentResource):
    """An existing VPC, whose range is read from AWS; creates nothing. network.existing lists the requirements on it."""

    vpc_id: pulumi.Output[str]
    """Id of the VPC, from the settings."""
    vpc_cidr: pulumi.Output[str]
    """Primary range of the VPC, from AWS."""
    private_subnet_ids: list[pulumi.Output[str]]
    """Private subnets, in the order of the settings."""
    public_subnet_ids: list[pulumi.Output[str]]
    """Public subnets, in the order of the settings."""
    egress: list[pulumi.Resource]
    """Empty: the owner of the VPC must keep routes and endpoints until the stack is destroyed."""

    def __init__(self, name: str, args: ExistingVpcArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        existing = args.settings
        inputs = {
            "vpcId": existing.vpc_id,
            "privateSubnetIds": list(existing.private_subnet_ids),
            "publicSubnetIds": list(existing.public_subnet_ids),
        }
        super().__init__("istio-eks:network:ExistingVpc", name, inputs, opts)
        found = aws.ec2.get_vpc_output(id=existing.vpc_id, opts=pulumi.InvokeOutputOptions(parent=self))

        self.vpc_id = pulumi.Output.from_input(existing.vpc_id)
        self.vpc_cidr = found.cidr_block
        self.private_subnet_ids = [pulumi.Output.from_input(subnet) for subnet in existing.private_subnet_ids]
        self.public_subnet_ids = [pulumi.Output.from_input(subnet) for subnet in existing.public_subnet_ids]
        self.egress = []
        self.register_outputs({})
