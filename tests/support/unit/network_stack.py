"""A network on its own, as the engine is told about it."""

import json
from collections.abc import Callable
from typing import Any

from components import settings
from components.network.component import Network, NetworkArgs
from tests.support.unit.answers import Answered
from tests.support.unit.harness import component, site
from tests.support.unit.recorded import Node, Stack

ZONES = ("us-west-2a", "us-west-2b", "us-west-2c")

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
INTERNET = "aws:ec2/internetGateway:InternetGateway"
NAT = "aws:ec2/natGateway:NatGateway"
ADDRESS = "aws:ec2/eip:Eip"
TABLE = "aws:ec2/routeTable:RouteTable"
ROUTE = "aws:ec2/route:Route"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
IN_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
FLOW_LOG = "aws:ec2/flowLog:FlowLog"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"


def network(zones: tuple[str, ...] = ZONES, protect: bool = False, **changes: Any) -> Callable[[], Network]:
    """A program that builds a network; ``changes`` are settings as a stack file has them."""
    chosen = settings.Network.model_validate_json(json.dumps({"zones": zones, **changes}))
    args = NetworkArgs(settings=chosen, site=site(protect=protect))
    return lambda: Network("network", args)


def built(zones: tuple[str, ...] = ZONES, protect: bool = False, **changes: Any) -> Stack:
    return component(network(zones, protect, **changes), answers=Answered())


def only(stack: Stack, type_: str) -> Node:
    [node] = stack.of_type(type_)
    return node


def subnets(stack: Stack, role: str) -> list[Node]:
    return [node for node in stack.of_type(SUBNET) if node.name.startswith(f"network-{role}-")]
