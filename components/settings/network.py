"""``network``: a new VPC, or the ids of an existing one."""

from typing import Annotated, Literal

from pydantic import Field

from .base import Cidr, Model, text_of_form

Endpoint = Literal[
    "ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "elasticloadbalancing", "kms", "logs", "sts", "ssm", "autoscaling"
]
# The periods in days that CloudWatch Logs accepts between a day and a year (PutRetentionPolicy).
RetentionDays = Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365]
SubnetId = Annotated[str, text_of_form(r"subnet-[0-9a-f]+", "a subnet id. Write subnet- and hexadecimal digits")]


class FlowLogs(Model):
    """Flow logs of the VPC in CloudWatch Logs."""

    traffic: Literal["all", "rejected", "none"] = "all"
    """Connections that are recorded; `none` turns flow logs off."""
    retention_days: RetentionDays = 30
    """Retention of the records, in days."""


class ExistingNetwork(Model):
    """An existing VPC; this stack does not check its tags and routes."""

    vpc_id: Annotated[str, text_of_form(r"vpc-[0-9a-f]+", "a VPC id. Write vpc- and hexadecimal digits")]
    """Id of the VPC."""
    private_subnet_ids: tuple[SubnetId, ...] = Field(min_length=2)
    """Subnets for nodes and internal gateways, in at least two zones, with a route to the internet through NAT."""
    public_subnet_ids: tuple[SubnetId, ...] = ()
    """Subnets for internet-facing gateways, one per zone."""


class Network(Model):
    """A new VPC across two or three zones, or an existing one."""

    cidr: Cidr = "10.0.0.0/16"
    """Address range of the VPC; every private subnet gets a /20 or larger."""
    zones: tuple[str, ...] = ()
    """Two or three availability zones of the region; fixed, because EKS adds no zone to an existing cluster."""
    nat: Literal["single", "per-zone"] = "single"
    """`single`: one NAT gateway for all zones; `per-zone`: one each, so that the loss of a zone affects no other."""
    endpoints: tuple[Endpoint, ...] = ("ec2", "ecr.api", "ecr.dkr", "eks-auth", "elasticloadbalancing", "logs", "sts")
    """Interface endpoints of AWS services, each billed per zone and hour. S3 always has a free gateway endpoint."""
    flow_logs: FlowLogs = FlowLogs()
    """Flow logs of the VPC."""
    existing: ExistingNetwork | None = None
    """Existing VPC to use instead of a new one; all other keys of `network` must then be absent."""
