"""Services of AWS reached without the internet."""

from typing import Any

from tests.support.unit.network_stack import ENDPOINT, GROUP, IN_RULE, TABLE, ZONES, built, only
from tests.support.unit.recorded import Node, Stack

OUT_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"


def ids(nodes: list[Node]) -> list[str]:
    return [f"{node.name}-id" for node in nodes]


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
