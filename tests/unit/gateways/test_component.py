"""What a gateway registers: order, protection, secrets."""

import copy
from typing import Any

import pytest

from components.gateways import chart
from tests.support.unit import harness, x509
from tests.support.unit.gateway_stack import (
    BINDING,
    LISTENER,
    LOAD_BALANCER,
    MODES,
    NAME,
    RULES,
    TARGET_GROUP,
    built,
    plan_of,
)
from tests.support.unit.recorded import Stack


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
        assert len(_not_before_pods(Stack(document), *RULES, LISTENER)) == 10


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


def _not_before_pods(stack: Stack, *types: str) -> list[str]:
    """What of these types may come after the gateway's pods."""
    release = stack.release(NAME)
    return [node.name for node in stack.of_type(*types) if not release.reaches(node)]


def _shows_the_key(value: Any) -> bool:
    return any(x509.private_key_pem().splitlines()[1] in text for text in harness.texts(value))
