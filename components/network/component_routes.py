"""Routes of a VPC's subnets to the internet."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pulumi
import pulumi_aws as aws

from ..settings import names
from ..settings.context import Site
from . import addressing


@dataclass(frozen=True, kw_only=True)
class RoutesArgs:
    """Arguments of Routes."""

    vpc_id: pulumi.Input[str]
    """Id of the VPC."""
    internet: aws.ec2.InternetGateway
    """Internet gateway of the VPC."""
    private: Mapping[str, aws.ec2.Subnet]
    """Private subnets, by zone."""
    public: Mapping[str, aws.ec2.Subnet]
    """Public subnets, by zone, in the order of the private ones."""
    nat: Literal["single", "per-zone"]
    """``network.nat`` of the settings."""
    site: Site
    """Tags of the stack."""


class Routes(pulumi.ComponentResource):
    """One public route table to the internet gateway, and one private table per zone to a NAT gateway.

    Uses network.addressing.
    """

    table_ids: list[pulumi.Output[str]]
    """Ids of every route table, for gateway endpoints."""
    resources: list[pulumi.Resource]
    """Gateways, routes and associations, to depend on."""

    def __init__(self, name: str, args: RoutesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("istio-eks:network:Routes", name, {"nat": args.nat}, opts)
        self.table_ids = []
        self.resources = [args.internet]

        public = self._table("public", args, gateway_id=args.internet.id)
        for zone, subnet in args.public.items():
            self._associate(f"public-{zone}", subnet, public)

        nat_zones = addressing.nat_zones(list(args.private), args.nat)
        gateways = {zone: self._nat_gateway(zone, args) for zone in dict.fromkeys(nat_zones.values())}
        for zone, subnet in args.private.items():
            private = self._table(f"private-{zone}", args, nat_gateway_id=gateways[nat_zones[zone]].id)
            self._associate(f"private-{zone}", subnet, private)
        self.register_outputs({})

    def _table(
        self,
        suffix: str,
        args: RoutesArgs,
        *,
        gateway_id: pulumi.Input[str] | None = None,
        nat_gateway_id: pulumi.Input[str] | None = None,
    ) -> aws.ec2.RouteTable:
        """Create a route table with one default route."""
        name, child = self._child_name(suffix), pulumi.ResourceOptions(parent=self)
        table = aws.ec2.RouteTable(name, vpc_id=args.vpc_id, tags=args.site.named(suffix), opts=child)
        route = aws.ec2.Route(
            name,
            route_table_id=table.id,
            destination_cidr_block=names.ANYWHERE,
            gateway_id=gateway_id,
            nat_gateway_id=nat_gateway_id,
            opts=child,
        )
        self.table_ids.append(table.id)
        self.resources.append(route)
        return table

    def _associate(self, suffix: str, subnet: aws.ec2.Subnet, table: aws.ec2.RouteTable) -> None:
        child = pulumi.ResourceOptions(parent=self)
        association = aws.ec2.RouteTableAssociation(
            self._child_name(suffix), subnet_id=subnet.id, route_table_id=table.id, opts=child
        )
        self.resources.append(association)

    def _nat_gateway(self, zone: str, args: RoutesArgs) -> aws.ec2.NatGateway:
        # Both need the internet gateway, to work and to release the address.
        attached = pulumi.ResourceOptions(parent=self, depends_on=[args.internet])
        name, tags = self._child_name(f"nat-{zone}"), args.site.named(f"nat-{zone}")
        address = aws.ec2.Eip(name, domain="vpc", tags=tags, opts=attached)
        gateway = aws.ec2.NatGateway(
            name, subnet_id=args.public[zone].id, allocation_id=address.id, tags=tags, opts=attached
        )
        self.resources.append(gateway)
        return gateway

    def _child_name(self, suffix: str) -> str:
        return f"{self.pulumi_resource_name}-{suffix}"
