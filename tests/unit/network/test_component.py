"""The network on its own: what is registered, and what waits for what."""

import json
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from components import settings
from components.network import addressing
from components.network.component import Network, NetworkArgs
from tests.support.unit.harness import TAGS, Answered, Node, Stack, component, site

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
DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
IN_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
OUT_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
FLOW_LOG = "aws:ec2/flowLog:FlowLog"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
TAKES_NO_TAGS = {ROUTE, ASSOCIATION, ROLE_POLICY}


def network(zones: tuple[str, ...] = ZONES, protect: bool = False, **changes: Any) -> Callable[[], Network]:
    """A program that builds a network; ``changes`` are settings as a stack file has them."""
    chosen = settings.Network.model_validate_json(json.dumps({"zones": zones, **changes}))
    args = NetworkArgs(settings=chosen, site=site(protect=protect))
    return lambda: Network("network", args)


def built(zones: tuple[str, ...] = ZONES, protect: bool = False, **changes: Any) -> Stack:
    return component(network(zones, protect, **changes), answers=Answered())


@pytest.fixture(scope="module")
def single() -> Stack:
    return built(ZONES, nat="single")


@pytest.fixture(scope="module")
def per_zone() -> Stack:
    return built(ZONES, nat="per-zone")


def only(stack: Stack, type_: str) -> Node:
    [node] = stack.of_type(type_)
    return node


def subnets(stack: Stack, role: str) -> list[Node]:
    return [node for node in stack.of_type(SUBNET) if node.name.startswith(f"network-{role}-")]


def ids(nodes: list[Node]) -> list[str]:
    return [f"{node.name}-id" for node in nodes]


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


def test_public_subnets_lead_to_the_internet_gateway(single: Stack) -> None:
    route = single.one(ROUTE, "network-routes-public").inputs
    assert (route["destinationCidrBlock"], route["gatewayId"]) == ("0.0.0.0/0", "network-id")
    assert "natGatewayId" not in route
    for zone in ZONES:
        assert associated(single, f"network-public-{zone}") == "network-routes-public-id"


def associated(stack: Stack, subnet: str) -> str:
    [table] = [
        node.inputs["routeTableId"] for node in stack.of_type(ASSOCIATION) if node.inputs["subnetId"] == f"{subnet}-id"
    ]
    return str(table)


def way_out(stack: Stack, zone: str) -> dict[str, str]:
    table = associated(stack, f"network-private-{zone}")
    [route] = [node.inputs for node in stack.of_type(ROUTE) if node.inputs["routeTableId"] == table]
    return {key: value for key, value in route.items() if key != "routeTableId"}


def test_one_nat_gateway_serves_all_zones(single: Stack) -> None:
    assert only(single, NAT).inputs["subnetId"] == "network-public-us-west-2a-id"
    assert len(single.of_type(ADDRESS)) == 1
    expected = {"destinationCidrBlock": "0.0.0.0/0", "natGatewayId": "network-routes-nat-us-west-2a-id"}
    assert [way_out(single, zone) for zone in ZONES] == [expected] * 3


def test_nat_per_zone_stays_in_the_zone(per_zone: Stack) -> None:
    for zone in ZONES:
        assert way_out(per_zone, zone)["natGatewayId"] == f"network-routes-nat-{zone}-id"
        gateway = per_zone.one(NAT, f"network-routes-nat-{zone}").inputs
        assert gateway["subnetId"] == f"network-public-{zone}-id"
        assert gateway["allocationId"] == f"network-routes-nat-{zone}-id"


def test_more_nat_keeps_the_first_gateway_and_every_table(single: Stack, per_zone: Stack) -> None:
    assert {node.urn for node in single.nodes} < {node.urn for node in per_zone.nodes}


def test_a_third_zone_changes_nothing_of_the_first_two() -> None:
    two, three = (built(zones, nat="per-zone") for zones in (ZONES[:2], ZONES))
    after = {node.urn: node.inputs for node in three.nodes}
    changed = {node.resource["type"] for node in two.nodes if after[node.urn] != node.inputs}
    assert changed == {"istio-eks:network:Network", "istio-eks:network:Vpc", ENDPOINT}


def test_s3_is_reached_from_every_route_table(single: Stack) -> None:
    s3 = single.one(ENDPOINT, "network-endpoints-s3").inputs
    assert (s3["vpcEndpointType"], s3["serviceName"]) == ("Gateway", "com.amazonaws.us-west-2.s3")
    assert sorted(s3["routeTableIds"]) == sorted(ids(single.of_type(TABLE)))


def interfaces(stack: Stack) -> list[dict[str, Any]]:
    return [node.inputs for node in stack.of_type(ENDPOINT) if node.inputs["vpcEndpointType"] == "Interface"]


def test_interface_endpoints_are_those_of_the_settings() -> None:
    stack = built(endpoints=["sts", "ecr.api"])
    services = {endpoint["serviceName"] for endpoint in interfaces(stack)}
    assert services == {"com.amazonaws.us-west-2.sts", "com.amazonaws.us-west-2.ecr.api"}


def test_interface_endpoints_answer_in_every_zone_under_the_public_name(single: Stack) -> None:
    assert interfaces(single)
    for endpoint in interfaces(single):
        assert endpoint["subnetIds"] == [f"network-private-{zone}-id" for zone in ZONES]
        assert endpoint["privateDnsEnabled"] is True


def test_interface_endpoints_have_a_group_of_their_own_that_lets_the_vpc_in(single: Stack) -> None:
    group, rule = only(single, GROUP), only(single, IN_RULE).inputs
    assert {tuple(endpoint["securityGroupIds"]) for endpoint in interfaces(single)} == {(f"{group.name}-id",)}
    assert rule["securityGroupId"] == f"{group.name}-id"
    assert (rule["cidrIpv4"], rule["ipProtocol"]) == ("10.0.0.0/16", "tcp")
    assert (rule["fromPort"], rule["toPort"]) == (443, 443)
    assert not single.of_type(OUT_RULE)
    assert not {"ingress", "egress"} & group.inputs.keys()


def test_without_interface_endpoints_there_is_no_group_for_them() -> None:
    stack = built(endpoints=[])
    assert [node.name for node in stack.of_type(ENDPOINT)] == ["network-endpoints-s3"]
    assert not stack.of_type(GROUP, IN_RULE)


@pytest.mark.parametrize(("traffic", "recorded"), [("all", "ALL"), ("rejected", "REJECT")])
def test_flow_logs_record_what_the_settings_say(traffic: str, recorded: str) -> None:
    stack = built(flowLogs={"traffic": traffic, "retentionDays": 90})
    log, group = only(stack, FLOW_LOG).inputs, only(stack, LOG_GROUP)
    assert (log["trafficType"], log["vpcId"]) == (recorded, "network-id")
    assert group.inputs["retentionInDays"] == 90
    assert only(stack, FLOW_LOG).reaches(group)


def test_flow_logs_can_be_written_before_they_begin(single: Stack) -> None:
    assert only(single, FLOW_LOG).reaches(only(single, ROLE_POLICY))
    trust = json.loads(only(single, ROLE).inputs["assumeRolePolicy"])["Statement"]
    assert [statement["Principal"] for statement in trust] == [{"Service": "vpc-flow-logs.amazonaws.com"}]


def test_flow_logs_write_into_their_own_group_and_create_none(single: Stack) -> None:
    [statement] = json.loads(only(single, ROLE_POLICY).inputs["policy"])["Statement"]
    assert all(resource.split(":")[-1] in ("*", "logGroup/network-flow-logs") for resource in statement["Resource"])
    assert "logs:PutLogEvents" in statement["Action"]
    assert "logs:CreateLogGroup" not in statement["Action"]


def test_flow_logs_none_builds_nothing() -> None:
    assert not built(flowLogs={"traffic": "none"}).of_type(FLOW_LOG, LOG_GROUP, ROLE, ROLE_POLICY)


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


def test_the_internet_gateway_outlives_whatever_holds_a_public_address(per_zone: Stack) -> None:
    holders = [*subnets(per_zone, "public"), *per_zone.of_type(NAT, ADDRESS)]
    assert len(holders) == 9
    assert all(holder.reaches(only(per_zone, INTERNET)) for holder in holders)
    # Private subnets do not wait for it: the edge above is no accident of the VPC.
    assert not any(subnet.reaches(only(per_zone, INTERNET)) for subnet in subnets(per_zone, "private"))


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
