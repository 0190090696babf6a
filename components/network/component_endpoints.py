"""VPC endpoints of AWS services."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from ..settings import names
from ..settings.context import Site
from . import addressing


@dataclass(frozen=True, kw_only=True)
class VpcEndpointsArgs:
    """Arguments of VpcEndpoints."""

    vpc_id: pulumi.Input[str]
    """Id of the VPC."""
    vpc_cidr: str
    """Address range of the VPC."""
    services: Sequence[str]
    """Interface endpoints, by the last part of the service's name (``ecr.api``); S3 is always included."""
    subnet_ids: Sequence[pulumi.Input[str]]
    """Private subnets of the interfaces, one per zone."""
    route_table_ids: Sequence[pulumi.Input[str]]
    """Public and private route tables that get a route to S3."""
    site: Site
    """Region and tags of the stack."""


class VpcEndpoints(pulumi.ComponentResource):
    """The free gateway endpoint of S3, and interface endpoints with private DNS and their own security group.

    Uses network.addressing.
    """

    resources: list[pulumi.Resource]
    """The endpoints, and the rule that allows the VPC, to depend on."""

    def __init__(self, name: str, args: VpcEndpointsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("istio-eks:network:VpcEndpoints", name, {"services": list(args.services)}, opts)
        # Image layers are in S3: without the endpoint, every pull passes the NAT gateway and is billed by the byte.
        s3 = aws.ec2.VpcEndpoint(
            f"{name}-s3",
            vpc_id=args.vpc_id,
            vpc_endpoint_type="Gateway",
            service_name=addressing.endpoint_service(args.site.region, "s3"),
            route_table_ids=args.route_table_ids,
            tags=args.site.named("s3"),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.resources = [s3, *(self._interfaces(name, args) if args.services else ())]
        self.register_outputs({})

    def _interfaces(self, name: str, args: VpcEndpointsArgs) -> list[pulumi.Resource]:
        child = pulumi.ResourceOptions(parent=self)
        # Without their own group they would get the default group, which allows no traffic.
        group = aws.ec2.SecurityGroup(
            name,
            vpc_id=args.vpc_id,
            description="Interface endpoints: HTTPS from the VPC",
            tags=args.site.named("endpoints"),
            opts=child,
        )
        # Endpoints only answer requests, so they need no egress rule.
        rule = aws.vpc.SecurityGroupIngressRule(
            f"{name}-https",
            security_group_id=group.id,
            description="HTTPS from the VPC",
            cidr_ipv4=args.vpc_cidr,
            ip_protocol="tcp",
            from_port=names.HTTPS_PORT,
            to_port=names.HTTPS_PORT,
            tags=args.site.named("endpoints-https"),
            opts=child,
        )
        endpoints = [
            aws.ec2.VpcEndpoint(
                f"{name}-{service}",
                vpc_id=args.vpc_id,
                vpc_endpoint_type="Interface",
                service_name=addressing.endpoint_service(args.site.region, service),
                subnet_ids=args.subnet_ids,
                security_group_ids=[group.id],
                private_dns_enabled=True,
                tags=args.site.named(service),
                opts=child,
            )
            for service in args.services
        ]
        return [rule, *endpoints]
