"""The network of the cluster: a new VPC, or an existing one."""

from dataclasses import dataclass

import pulumi

from .. import settings
from ..settings.context import Site
from . import addressing
from .component_existing import ExistingVpc, ExistingVpcArgs
from .component_vpc import Vpc, VpcArgs


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """Arguments of Network."""

    settings: settings.Network
    """``network`` of the settings."""
    site: Site
    """Region, tags and protection of the stack."""


class Network(pulumi.ComponentResource):
    """A VPC with subnets in two or three zones, or the ids of an existing one."""

    vpc_id: pulumi.Output[str]
    """Id of the VPC."""
    vpc_cidr: pulumi.Output[str]
    """Primary range of the VPC."""
    private_subnet_ids: list[pulumi.Output[str]]
    """Subnets of nodes, pods and internal load balancers, one per zone, in the order of the settings."""
    public_subnet_ids: list[pulumi.Output[str]]
    """Subnets of internet-facing load balancers, one per zone, in the order of the settings."""
    egress: list[pulumi.Resource]
    """Resources that a node needs to reach the internet and AWS; empty for an existing VPC."""

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("istio-eks:network:Network", name, args.settings.model_dump(mode="json", by_alias=True), opts)

        vpc = self._vpc(name, args)
        self.vpc_id = vpc.vpc_id
        self.vpc_cidr = vpc.vpc_cidr
        self.private_subnet_ids = vpc.private_subnet_ids
        self.public_subnet_ids = vpc.public_subnet_ids
        self.egress = vpc.egress
        self.register_outputs(
            {
                "vpcId": self.vpc_id,
                "vpcCidr": self.vpc_cidr,
                "privateSubnetIds": self.private_subnet_ids,
                "publicSubnetIds": self.public_subnet_ids,
            }
        )

    def _vpc(self, name: str, args: NetworkArgs) -> Vpc | ExistingVpc:
        child = pulumi.ResourceOptions(parent=self)
        if args.settings.existing:
            return ExistingVpc(name, ExistingVpcArgs(settings=args.settings.existing), child)
        plan = addressing.plan(args.settings.cidr, args.settings.zones)
        return Vpc(name, VpcArgs(plan=plan, settings=args.settings, site=args.site), child)
