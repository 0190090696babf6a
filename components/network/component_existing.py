"""A VPC that somebody else owns, in the shape of our own."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from .. import settings


@dataclass(frozen=True, kw_only=True)
class ExistingVpcArgs:
    """What ExistingVpc needs: the ids."""

    settings: settings.ExistingNetwork


class ExistingVpc(pulumi.ComponentResource):
    """Looks the VPC up for its range and creates nothing.

    Asks nothing; network.existing lists what the VPC's owner provides.
    vpc_id, private_subnet_ids, public_subnet_ids: as in the settings, in their order.
    vpc_cidr: the VPC's primary range, from AWS.
    egress: empty; the owner keeps routes and endpoints until the stack is destroyed.
    """

    vpc_id: pulumi.Output[str]
    vpc_cidr: pulumi.Output[str]
    private_subnet_ids: list[pulumi.Output[str]]
    public_subnet_ids: list[pulumi.Output[str]]
    egress: list[pulumi.Resource]

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
