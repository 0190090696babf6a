"""A new VPC: subnets in two or three zones, egress, and an empty default security group."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from .. import settings
from ..settings.context import Site
from . import addressing
from .component_endpoints import VpcEndpoints, VpcEndpointsArgs
from .component_flow_logs import FlowLogs, FlowLogsArgs
from .component_routes import Routes, RoutesArgs


@dataclass(frozen=True, kw_only=True)
class VpcArgs:
    """Arguments of Vpc."""

    plan: addressing.AddressPlan
    """Addresses of the VPC and its subnets."""
    settings: settings.Network
    """``network`` of the settings."""
    site: Site
    """Region, tags and protection of the stack."""


class Vpc(pulumi.ComponentResource):
    """A VPC with a public and a private subnet per zone, NAT, endpoints of AWS services and flow logs.

    Uses network.addressing, also through Routes and VpcEndpoints, and aws.iam through FlowLogs.
    """

    vpc_id: pulumi.Output[str]
    """Id of the VPC."""
    vpc_cidr: pulumi.Output[str]
    """Address range of the VPC."""
    private_subnet_ids: list[pulumi.Output[str]]
    """Private subnets, one per zone, in the order of the plan."""
    public_subnet_ids: list[pulumi.Output[str]]
    """Public subnets, one per zone, in the order of the plan."""
    egress: list[pulumi.Resource]
    """Resources that a node needs to reach the internet and AWS, for as long as it exists."""

    def __init__(self, name: str, args: VpcArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        inputs = {"cidr": args.plan.vpc, "zones": [zone.zone for zone in args.plan.zones], "nat": args.settings.nat}
        super().__init__("istio-eks:network:Vpc", name, inputs, opts)
        vpc = self._vpc(name, args)
        internet = aws.ec2.InternetGateway(
            name, vpc_id=vpc.id, tags=args.site.named("internet"), opts=pulumi.ResourceOptions(parent=self)
        )
        private, public = self._private_subnets(name, args, vpc), self._public_subnets(name, args, vpc, internet)
        self.vpc_id = vpc.id
        self.vpc_cidr = vpc.cidr_block
        self.private_subnet_ids = [subnet.id for subnet in private.values()]
        self.public_subnet_ids = [subnet.id for subnet in public.values()]

        routes = self._routes(name, args, internet, private, public)
        endpoints = self._endpoints(name, args, routes)
        self.egress = [*routes.resources, *endpoints.resources]
        if args.settings.flow_logs.traffic != "none":
            self._flow_logs(name, args)
        self.register_outputs({})

    def _vpc(self, name: str, args: VpcArgs) -> aws.ec2.Vpc:
        vpc = aws.ec2.Vpc(
            name,
            cidr_block=args.plan.vpc,
            # Private DNS of the endpoints and of the cluster's API requires both.
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=args.site.named(),
            opts=pulumi.ResourceOptions(parent=self, protect=args.site.protect),
        )
        # Resources without their own group get this one, which allows no traffic.
        aws.ec2.DefaultSecurityGroup(
            name,
            vpc_id=vpc.id,
            ingress=[],
            egress=[],
            tags=args.site.named("default-unused"),
            opts=pulumi.ResourceOptions(parent=self),
        )
        return vpc

    def _private_subnets(self, name: str, args: VpcArgs, vpc: aws.ec2.Vpc) -> dict[str, aws.ec2.Subnet]:
        return {
            zone.zone: aws.ec2.Subnet(
                f"{name}-private-{zone.zone}",
                vpc_id=vpc.id,
                availability_zone=zone.zone,
                cidr_block=zone.private,
                map_public_ip_on_launch=False,
                tags={**args.site.named(f"private-{zone.zone}"), **addressing.PRIVATE_ROLE_TAG},
                opts=pulumi.ResourceOptions(parent=self),
            )
            for zone in args.plan.zones
        }

    def _public_subnets(
        self, name: str, args: VpcArgs, vpc: aws.ec2.Vpc, internet: aws.ec2.InternetGateway
    ) -> dict[str, aws.ec2.Subnet]:
        return {
            zone.zone: aws.ec2.Subnet(
                f"{name}-public-{zone.zone}",
                vpc_id=vpc.id,
                availability_zone=zone.zone,
                cidr_block=zone.public,
                # Load balancers and NAT gateways have their own public addresses.
                map_public_ip_on_launch=False,
                tags={**args.site.named(f"public-{zone.zone}"), **addressing.PUBLIC_ROLE_TAG},
                # The internet gateway cannot be detached while a resource in here has a public address.
                opts=pulumi.ResourceOptions(parent=self, depends_on=[internet]),
            )
            for zone in args.plan.zones
        }

    def _routes(
        self,
        name: str,
        args: VpcArgs,
        internet: aws.ec2.InternetGateway,
        private: Mapping[str, aws.ec2.Subnet],
        public: Mapping[str, aws.ec2.Subnet],
    ) -> Routes:
        return Routes(
            f"{name}-routes",
            RoutesArgs(
                vpc_id=self.vpc_id,
                internet=internet,
                private=private,
                public=public,
                nat=args.settings.nat,
                site=args.site,
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def _endpoints(self, name: str, args: VpcArgs, routes: Routes) -> VpcEndpoints:
        return VpcEndpoints(
            f"{name}-endpoints",
            VpcEndpointsArgs(
                vpc_id=self.vpc_id,
                vpc_cidr=args.plan.vpc,
                services=args.settings.endpoints,
                subnet_ids=self.private_subnet_ids,
                route_table_ids=routes.table_ids,
                site=args.site,
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def _flow_logs(self, name: str, args: VpcArgs) -> None:
        FlowLogs(
            f"{name}-flow-logs",
            FlowLogsArgs(
                vpc_id=self.vpc_id,
                settings=args.settings.flow_logs,
                site=args.site,
            ),
            pulumi.ResourceOptions(parent=self),
        )
