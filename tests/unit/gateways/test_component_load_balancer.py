"""The load balancer of a gateway as the engine is told about it: everything that its plan decided."""

import json

import pytest

from components.gateways import load_balancer
from tests.support.unit.gateway_plans import ARN
from tests.support.unit.gateway_stack import LISTENER, LOAD_BALANCER, MODES, NAME, RULES, TARGET_GROUP, built, plan_of


@MODES
@pytest.mark.parametrize("written", ['{"scheme": "internal"}', '{"allowedCidrs": ["203.0.113.0/24"]}', "{}"])
def test_every_rule_of_the_plan_exists(mode: str, written: str) -> None:
    planned = {f"{NAME}-{rule.key}" for rule in plan_of(mode, **json.loads(written)).rules}
    assert {node.name for node in built(mode, written=written).of_type(*RULES)} == planned


def test_rules_name_both_groups_and_the_range() -> None:
    stack = built("none", known=True, written='{"scheme": "internal"}')
    rules = {node.name.removeprefix(f"{NAME}-"): node.inputs for node in stack.of_type(*RULES)}
    nlb = f"{NAME}-nlb-id"
    fields = ("securityGroupId", "cidrIpv4", "referencedSecurityGroupId", "fromPort", "toPort", "ipProtocol")
    assert {key: tuple(inputs.get(field) for field in fields) for key, inputs in rules.items()} == {
        "nlb-in-80-vpc": (nlb, "10.0.0.0/16", None, 80, 80, "tcp"),
        "nlb-out-80-cluster": (nlb, None, "sg-cluster", 80, 80, "tcp"),
        "nlb-out-15021-cluster": (nlb, None, "sg-cluster", 15021, 15021, "tcp"),
        "cluster-in-80-nlb": ("sg-cluster", None, nlb, 80, 80, "tcp"),
        "cluster-in-15021-nlb": ("sg-cluster", None, nlb, 15021, 15021, "tcp"),
    }


def test_an_allowed_range_is_the_rules_range() -> None:
    stack = built("none", written='{"allowedCidrs": ["203.0.113.0/24"]}')
    assert stack.one(RULES[0], f"{NAME}-nlb-in-80-203.0.113.0/24").inputs["cidrIpv4"] == "203.0.113.0/24"


@pytest.mark.parametrize("scheme", ["internet-facing", "internal"])
def test_it_is_born_with_a_group(scheme: str) -> None:
    stack = built("none", known=True, written=json.dumps({"scheme": scheme, "crossZone": True}))
    inputs = stack.one(LOAD_BALANCER, NAME).inputs
    assert inputs["loadBalancerType"] == "network"
    assert inputs["internal"] == (scheme == "internal")
    assert inputs["securityGroups"] == [f"{NAME}-nlb-id"]
    assert inputs["enableCrossZoneLoadBalancing"] is True
    assert inputs["tags"] == {"team": "platform", "Name": "istio-eks-test-gateway-public"}


@pytest.mark.parametrize(
    ("client_ip", "preserve", "announced"),
    [("preserve", "true", False), ("proxy-protocol", "false", True), ("none", "false", False)],
)
def test_target_groups(client_ip: str, preserve: str, announced: bool) -> None:
    stack = built("acm", written=json.dumps({"clientIp": client_ip}))
    groups = {node.name: node.inputs for node in stack.of_type(TARGET_GROUP)}
    assert {name: (each["protocol"], each["port"]) for name, each in groups.items()} == {
        f"{NAME}-80": ("TCP", 80),
        f"{NAME}-tls": ("TLS", 443),
    }
    for inputs in groups.values():
        assert (inputs["preserveClientIp"], inputs["proxyProtocolV2"]) == (preserve, announced)
        assert (inputs["deregistrationDelay"], inputs["connectionTermination"]) == (120, False)
        assert "name" not in inputs
        assert inputs["healthCheck"] == {
            "protocol": "HTTP",
            "port": "15021",
            "path": "/healthz/ready",
            "interval": 10,
            "timeout": 6,
            "healthyThreshold": 2,
            "unhealthyThreshold": 2,
        }


def test_a_tls_listener() -> None:
    inputs = built("acm").one(LISTENER, f"{NAME}-443").inputs
    assert inputs["protocol"] == "TLS"
    assert inputs["certificateArn"] == ARN
    assert inputs["sslPolicy"] == load_balancer.TLS_POLICY
    assert inputs["alpnPolicy"] == "HTTP2Preferred"
    assert "tcpIdleTimeoutSeconds" not in inputs


def test_a_tcp_listener() -> None:
    inputs = built("secret", written='{"idleTimeoutSeconds": 600}').one(LISTENER, f"{NAME}-443").inputs
    assert (inputs["protocol"], inputs["tcpIdleTimeoutSeconds"]) == ("TCP", 600)
    assert not {"certificateArn", "sslPolicy", "alpnPolicy"} & inputs.keys()


def test_a_listener_lets_go_of_its_target_group_before_the_next() -> None:
    listeners = built("acm").of_type(LISTENER)
    assert [node.options["deleteBeforeReplace"] for node in listeners] == [True, True]
    assert not any(node.options["deleteBeforeReplace"] for node in built("acm").of_type(TARGET_GROUP))


@pytest.mark.parametrize(
    ("scheme", "subnets"), [("internet-facing", ["subnet-c", "subnet-d"]), ("internal", ["subnet-a", "subnet-b"])]
)
def test_an_nlb_stands_where_its_clients_come_from(scheme: str, subnets: list[str]) -> None:
    stack = built("none", written=json.dumps({"scheme": scheme}))
    assert stack.one(LOAD_BALANCER, NAME).inputs["subnets"] == subnets
