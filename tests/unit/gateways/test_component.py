"""What a gateway registers: order, protection, secrets, and everything the plan decided."""

import copy
import json
from functools import cache
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
import pytest

from components import settings
from components.gateways import chart, load_balancer
from components.gateways import plan as gateways
from components.gateways.component import MeshGateway, MeshGatewayArgs
from tests.support.unit import harness, x509
from tests.support.unit.mesh_settings import mesh

NAME = "gateway-public"
TLS = {
    "none": {},
    "self-signed": {"mode": "self-signed"},
    "secret": {"mode": "secret", "secretName": "www"},
    "acm": {"mode": "acm", "certificateArn": "arn:aws:acm:us-west-2:111122223333:certificate/0123abcd"},
}
RULES = (
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
)
LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer"
LISTENER = "aws:lb/listener:Listener"
TARGET_GROUP = "aws:lb/targetGroup:TargetGroup"
BINDING = "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding"
MODES = pytest.mark.parametrize("mode", TLS)


def gateway_of(mode: str, **written: Any) -> settings.Gateway:
    document = {"hosts": ["bookinfo/*"], "tls": TLS[mode], **written}
    return settings.Gateway.model_validate_json(json.dumps(document))


def plan_of(mode: str, **written: Any) -> gateways.GatewayPlan:
    return gateways.plan("public", gateway_of(mode, **written), mesh())


def program(asked: settings.Gateway, protect: bool) -> None:
    gateway = MeshGateway(
        NAME,
        MeshGatewayArgs(
            name="public",
            settings=asked,
            mesh=mesh(),
            vpc_id="vpc-1",
            vpc_cidr="10.0.0.0/16",
            private_subnet_ids=["subnet-a", "subnet-b"],
            public_subnet_ids=["subnet-c", "subnet-d"],
            cluster_security_group_id="sg-cluster",
            site=harness.site(protect=protect),
        ),
        pulumi.ResourceOptions(providers=[kubernetes.Provider("cluster", kubeconfig="{}")]),
    )
    pulumi.export("dnsName", gateway.dns_name)
    pulumi.export("promises", gateway.promises)


@cache
def built(mode: str, protect: bool = False, known: bool = False, written: str = "{}") -> harness.Stack:
    asked = gateway_of(mode, **json.loads(written))
    answers = harness.Answered() if known else None
    return harness.component(lambda: program(asked, protect), answers=answers)


class TestOrder:
    @MODES
    def test_pods_wait_for_rules_and_listeners(self, mode: str) -> None:
        assert _not_before_pods(built(mode), *RULES, LISTENER) == []

    @MODES
    def test_listeners_wait_for_every_rule(self, mode: str) -> None:
        stack = built(mode)
        assert all(each.reaches(rule) for each in stack.of_type(LISTENER) for rule in stack.of_type(*RULES))

    @MODES
    def test_bindings_come_last(self, mode: str) -> None:
        stack = built(mode)
        for binding in stack.of_type(BINDING):
            assert binding.reaches(stack.release(NAME))
            assert binding.reaches(stack.kubernetes("Gateway", "public", NAME))

    @MODES
    def test_everything_in_the_namespace_waits_for_it(self, mode: str) -> None:
        stack = built(mode)
        namespace = stack.kubernetes("Namespace", NAME)
        inside = [node for node in stack.nodes if node.inputs.get("metadata", {}).get("namespace") == NAME]
        assert inside
        assert all(node.reaches(namespace) for node in [*inside, stack.release(NAME)])

    def test_the_certificate_is_there_before_it_is_named(self) -> None:
        stack = built("acm")
        assert stack.kubernetes("Gateway", "public").reaches(stack.secret("gateway-public-tls"))

    def test_a_lost_edge_is_noticed(self) -> None:
        document = copy.deepcopy(built("acm").document)
        for resource in document["resources"]:
            if resource["type"] == "kubernetes:helm.sh/v3:Release":
                resource["dependencies"] = []
        assert len(_not_before_pods(harness.Stack(document), *RULES, LISTENER)) == 10


class TestLoadBalancer:
    @MODES
    @pytest.mark.parametrize("written", ['{"scheme": "internal"}', '{"allowedCidrs": ["203.0.113.0/24"]}', "{}"])
    def test_every_rule_of_the_plan_exists(self, mode: str, written: str) -> None:
        planned = {f"{NAME}-{rule.key}" for rule in plan_of(mode, **json.loads(written)).rules}
        assert {node.name for node in built(mode, written=written).of_type(*RULES)} == planned

    def test_rules_name_both_groups_and_the_range(self) -> None:
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

    def test_an_allowed_range_is_the_rules_range(self) -> None:
        stack = built("none", written='{"allowedCidrs": ["203.0.113.0/24"]}')
        assert stack.one(RULES[0], f"{NAME}-nlb-in-80-203.0.113.0/24").inputs["cidrIpv4"] == "203.0.113.0/24"

    @pytest.mark.parametrize("scheme", ["internet-facing", "internal"])
    def test_it_is_born_with_a_group(self, scheme: str) -> None:
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
    def test_target_groups(self, client_ip: str, preserve: str, announced: bool) -> None:
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

    def test_a_tls_listener(self) -> None:
        inputs = built("acm").one(LISTENER, f"{NAME}-443").inputs
        assert inputs["protocol"] == "TLS"
        assert inputs["certificateArn"] == TLS["acm"]["certificateArn"]
        assert inputs["sslPolicy"] == load_balancer.TLS_POLICY
        assert inputs["alpnPolicy"] == "HTTP2Preferred"
        assert "tcpIdleTimeoutSeconds" not in inputs

    def test_a_tcp_listener(self) -> None:
        inputs = built("secret", written='{"idleTimeoutSeconds": 600}').one(LISTENER, f"{NAME}-443").inputs
        assert (inputs["protocol"], inputs["tcpIdleTimeoutSeconds"]) == ("TCP", 600)
        assert not {"certificateArn", "sslPolicy", "alpnPolicy"} & inputs.keys()

    def test_a_listener_lets_go_of_its_target_group_before_the_next(self) -> None:
        listeners = built("acm").of_type(LISTENER)
        assert [node.options["deleteBeforeReplace"] for node in listeners] == [True, True]
        assert not any(node.options["deleteBeforeReplace"] for node in built("acm").of_type(TARGET_GROUP))


class TestBindings:
    @MODES
    def test_one_for_each_target_group(self, mode: str) -> None:
        stack = built(mode, known=True)
        bound = {node.inputs["spec"]["targetGroupARN"] for node in stack.of_type(BINDING)}
        assert bound == {
            f"arn:aws:test:us-west-2:123456789012:targetGroup/{node.name}" for node in stack.of_type(TARGET_GROUP)
        }

    def test_another_target_group_is_another_binding(self) -> None:
        (binding,) = built("none").of_type(BINDING)
        assert binding.options["replaceOnChanges"] == ["spec.targetGroupARN"]
        assert binding.options["deleteBeforeReplace"] is True


class TestProtection:
    @MODES
    def test_the_nlb_and_the_bindings_are_protected_and_nothing_else(self, mode: str) -> None:
        stack = built(mode, protect=True)
        protected = {node.urn for node in stack.nodes if node.options["protect"]}
        assert protected == {node.urn for node in stack.of_type(LOAD_BALANCER, BINDING)}
        assert stack.one(LOAD_BALANCER, NAME).inputs["enableDeletionProtection"] is True

    def test_nothing_is_protected_unasked(self) -> None:
        stack = built("acm")
        assert not any(node.options["protect"] for node in stack.nodes)
        assert stack.one(LOAD_BALANCER, NAME).inputs["enableDeletionProtection"] is False


class TestCertificate:
    @pytest.mark.parametrize("mode", ["self-signed", "acm"])
    @pytest.mark.parametrize("known", [False, True])
    def test_the_key_is_secret_everywhere(self, mode: str, known: bool) -> None:
        stack = built(mode, known=known)
        assert stack.secret("gateway-public-tls", NAME).inputs["stringData"] == "[secret]"
        assert stack.one("tls:index/selfSignedCert:SelfSignedCert", f"{NAME}-tls").inputs["privateKeyPem"] == "[secret]"
        assert not _shows_the_key(stack.document)

    def test_a_key_in_plain_text_is_noticed(self) -> None:
        assert _shows_the_key({"inputs": [{"data": f"prefix {x509.private_key_pem()}"}]})

    @pytest.mark.parametrize("mode", ["none", "secret"])
    def test_no_key_is_made_unasked(self, mode: str) -> None:
        assert not [node for node in built(mode).nodes if node.resource["type"].startswith("tls:")]


def test_every_kubernetes_object_has_the_cluster_as_provider() -> None:
    stack = built("acm")
    providers = {node.provider for node in stack.nodes if node.resource["type"].startswith("kubernetes:")}
    (cluster,) = stack.of_type("pulumi:providers:kubernetes")
    assert providers == {cluster.urn}


def test_the_release_is_the_one_of_the_plan() -> None:
    inputs = built("none", written='{"values": {"labels": {"team": "shop"}}}').release(NAME).inputs
    planned = chart.release(plan_of("none", values={"labels": {"team": "shop"}}))
    assert (inputs["chart"], inputs["version"], inputs["values"]) == ("gateway", planned.version, planned.values)
    assert planned.values["labels"] == {"team": "shop"}


@pytest.mark.parametrize(
    ("scheme", "subnets"), [("internet-facing", ["subnet-c", "subnet-d"]), ("internal", ["subnet-a", "subnet-b"])]
)
def test_an_nlb_stands_where_its_clients_come_from(scheme: str, subnets: list[str]) -> None:
    stack = built("none", written=json.dumps({"scheme": scheme}))
    assert stack.one(LOAD_BALANCER, NAME).inputs["subnets"] == subnets


def test_the_contract_is_told_where_the_load_balancer_is() -> None:
    outputs = built("acm", known=True).outputs
    assert outputs["dnsName"] == f"{NAME}.elb.us-west-2.amazonaws.com"
    assert outputs["promises"] == {
        "gateway": "gateway-public/public",
        "principal": "cluster.local/ns/gateway-public/sa/gateway-public",
        "hosts": ["bookinfo/*"],
        "ports": [80, 443],
        "dnsName": f"{NAME}.elb.us-west-2.amazonaws.com",
        "hostedZoneId": "Z1",
    }


def _not_before_pods(stack: harness.Stack, *types: str) -> list[str]:
    """What of these types may come after the gateway's pods."""
    release = stack.release(NAME)
    return [node.name for node in stack.of_type(*types) if not release.reaches(node)]


def _shows_the_key(value: Any) -> bool:
    return any(x509.private_key_pem().splitlines()[1] in text for text in harness.texts(value))
