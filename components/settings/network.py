"""``network``: a VPC of our own, or an existing one by ids."""

from typing import Annotated, Literal

from pydantic import Field

from .base import Cidr, Model, text_of_form

Endpoint = Literal[
    "ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "elasticloadbalancing", "kms", "logs", "sts", "ssm", "autoscaling"
]
# The only periods CloudWatch Logs accepts between a day and a year (PutRetentionPolicy).
RetentionDays = Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365]
SubnetId = Annotated[str, text_of_form(r"subnet-[0-9a-f]+", "a subnet id. Write subnet- and hexadecimal digits")]


class FlowLogs(Model):
    """Flow logs of the VPC into CloudWatch."""

    traffic: Literal["all", "rejected", "none"] = "all"
    """Which connections are recorded; `none` records nothing."""
    retention_days: RetentionDays = 30
    """How long records are kept, in days."""


class ExistingNetwork(Model):
    """A VPC that somebody else owns; its tags and routes are checked by nobody but you."""

    vpc_id: Annotated[str, text_of_form(r"vpc-[0-9a-f]+", "a VPC id. Write vpc- and hexadecimal digits")]
    """The VPC."""
    private_subnet_ids: tuple[SubnetId, ...] = Field(min_length=2)
    """Subnets for nodes and internal gateways, in at least two zones, with a route to the internet through NAT."""
    public_subnet_ids: tuple[SubnetId, ...] = ()
    """Subnets for internet-facing gateways, one a zone."""


class Network(Model):
    """A VPC over two or three zones, or an existing one."""

    cidr: Cidr = "10.0.0.0/16"
    """The VPC's range; every private subnet gets a /20 or more of it."""
    zones: tuple[str, ...] = ()
    """Two or three availability zones of the region, for good: EKS takes no new zone into an existing cluster."""
    nat: Literal["single", "per-zone"] = "single"
    """One NAT gateway for all, or one a zone that survives the loss of another."""
    endpoints: tuple[Endpoint, ...] = ("ec2", "ecr.api", "ecr.dkr", "eks-auth", "elasticloadbalancing", "logs", "sts")
    """Interface endpoints of AWS services; each costs by zone and hour. S3 always has its free gateway endpoint."""
    flow_logs: FlowLogs = FlowLogs()
    """Flow logs of the VPC."""
    existing: ExistingNetwork | None = None
    """Use this VPC instead; then no other key of `network` is given."""
