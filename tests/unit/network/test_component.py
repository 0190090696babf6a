"""The network on its own: its VPC and subnets, what is put out, and a network that is there already."""

from collections.abc import Callable

import pulumi
import pytest

from components.network import addressing
from components.network.component import Network
from tests.support.unit.answers import Answered
from tests.support.unit.harness import TAGS, component
from tests.support.unit.network_stack import (
    ADDRESS,
    ASSOCIATION,
    ENDPOINT,
    FLOW_LOG,
    IN_RULE,
    INTERNET,
    NAT,
    ROLE_POLICY,
    ROUTE,
    SUBNET,
    TABLE,
    VPC,
    ZONES,
    built,
    network,
    only,
    subnets,
)
from tests.support.unit.recorded import Node, Stack

DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
TAKES_NO_TAGS = {ROUTE, ASSOCIATION, ROLE_POLICY}


def test_names_inside_the_vpc_resolve(single: Stack) -> None:
    vpc = only(single, VPC).inputs
    assert (vpc["enableDnsSupport"], vpc["enableDnsHostnames"]) == (True, True)


def test_subnets_are_those_of_the_plan(single: Stack) -> None:
    plan = addressing.plan("10.0.0.0/16", ZONES)
    for role in ("private", "public"):
        registered = {node.inputs["availabilityZone"]: node.inputs["cidrBlock"] for node in subnets(single, role)}
        assert registered == {zone.zone: getattr(zone, role) for zone in plan.zones}


def test_subnets_give_no_public_address_away(single: Stack) -> None:
    assert {node.inputs["mapPublicIpOnLaunch"] for node in single.of_type(SUBNET)} == {False}


def test_the_controller_finds_subnets_by_role(single: Stack) -> None:
    key = "kubernetes.io/role/"
    for role, tag in (("private", "internal-elb"), ("public", "elb")):
        for node in subnets(single, role):
            assert {k: v for k, v in node.inputs["tags"].items() if k.startswith(key)} == {f"{key}{tag}": "1"}


def test_the_default_security_group_lets_nothing_in_or_out(single: Stack) -> None:
    group = only(single, DEFAULT_GROUP).inputs
    assert (group["ingress"], group["egress"]) == ([], [])


@pytest.mark.parametrize("protect", [True, False])
def test_protect_covers_the_vpc_alone(protect: bool) -> None:
    stack = built(protect=protect)
    assert [node.resource["type"] for node in stack.nodes if node.options["protect"]] == ([VPC] if protect else [])


def test_every_resource_is_tagged_and_named_after_the_environment(per_zone: Stack) -> None:
    taggable = [node for node in created(per_zone) if node.resource["type"] not in TAKES_NO_TAGS]
    assert {node.resource["type"] for node in taggable} >= {VPC, SUBNET, NAT, ADDRESS, TABLE, ENDPOINT, FLOW_LOG}
    for node in taggable:
        assert node.inputs["tags"].items() >= TAGS.items(), node.urn
        assert node.inputs["tags"]["Name"].startswith("istio-eks-test"), node.urn


def created(stack: Stack) -> list[Node]:
    return [node for node in stack.nodes if node.resource["type"].startswith("aws:")]


def test_children_are_named_from_the_component_and_live_in_it(single: Stack) -> None:
    assert created(single)
    for node in created(single):
        assert node.name.startswith("network")
        assert "istio-eks:network:Network" in node.resource["parent"]


def test_egress_is_all_that_nodes_need_to_the_end() -> None:
    def program() -> None:
        made.append(network()())

    made: list[Network] = []
    stack = component(program)
    egress = {(each.pulumi_resource_type, each.pulumi_resource_name) for each in made[0].egress}
    needed = stack.of_type(INTERNET, NAT, ROUTE, ASSOCIATION, ENDPOINT, IN_RULE)
    assert egress == {(str(node.resource["type"]), node.name) for node in needed}


def exported(program: Callable[[], Network]) -> Callable[[], None]:
    def run() -> None:
        made = program()
        pulumi.export("vpcId", made.vpc_id)
        pulumi.export("vpcCidr", made.vpc_cidr)
        pulumi.export("private", made.private_subnet_ids)
        pulumi.export("public", made.public_subnet_ids)
        pulumi.export("egress", len(made.egress))

    return run


def test_outputs_follow_the_order_of_the_zones() -> None:
    outputs = component(exported(network(ZONES[:2])), answers=Answered()).outputs
    assert outputs.pop("egress") > 0
    assert outputs == {
        "vpcId": "network-id",
        "vpcCidr": "10.0.0.0/16",
        "private": ["network-private-us-west-2a-id", "network-private-us-west-2b-id"],
        "public": ["network-public-us-west-2a-id", "network-public-us-west-2b-id"],
    }


def existing() -> Network:
    ids = {"vpcId": "vpc-1", "privateSubnetIds": ["subnet-a", "subnet-b"], "publicSubnetIds": ["subnet-c"]}
    return network(zones=(), existing=ids)()


def test_an_existing_network_has_the_same_outputs_and_creates_nothing() -> None:
    stack = component(exported(existing), answers=Answered())
    assert stack.outputs == {
        "vpcId": "vpc-1",
        "vpcCidr": "10.0.0.0/16",
        "private": ["subnet-a", "subnet-b"],
        "public": ["subnet-c"],
        "egress": 0,
    }
    assert not created(stack)


def test_an_existing_network_is_known_by_its_ids_before_anything_exists() -> None:
    outputs = component(exported(existing)).outputs
    assert (outputs["vpcId"], outputs["private"]) == ("vpc-1", ["subnet-a", "subnet-b"])
