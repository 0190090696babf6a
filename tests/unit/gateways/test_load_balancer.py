"""What is decided for a gateway, over every combination of its settings."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from components.gateways import client_ip, load_balancer, objects
from components.gateways import plan as gateways
from components.gateways.certificate import certificate
from components.gateways.load_balancer import Listener, Rule
from components.gateways.plan import GatewayPlan
from components.settings import Gateway, names
from tests.support.unit.mesh_settings import mesh

ARN = "arn:aws:acm:us-west-2:111122223333:certificate/0123abcd"
TLS: dict[str, dict[str, str]] = {
    "none": {},
    "self-signed": {"mode": "self-signed"},
    "secret": {"mode": "secret", "secretName": "www"},
    "acm": {"mode": "acm", "certificateArn": ARN},
}
HOSTS = ["shop/www.example.org", "shop/*.example.com", "bookinfo/*"]


def settings_of(**written: Any) -> Gateway:
    """Settings as they stand in a stack file."""
    return Gateway.model_validate_json(json.dumps({"hosts": HOSTS, **written}))


anything = st.builds(
    settings_of,
    scheme=st.sampled_from(["internet-facing", "internal"]),
    hosts=st.lists(st.sampled_from(HOSTS), min_size=1, unique=True),
    allowedCidrs=st.lists(st.sampled_from(["203.0.113.0/24", "198.51.100.7/32"]), unique=True),
    crossZone=st.booleans(),
    clientIp=st.sampled_from(["preserve", "proxy-protocol", "none"]),
    tls=st.sampled_from(list(TLS.values())),
    replicas=st.sampled_from([None, {"min": 2, "max": 5}]),
    idleTimeoutSeconds=st.integers(60, 6000),
)
for_anything = given(gateway=anything)
often = hypothesis_settings(max_examples=50)


def plan_of(gateway: Gateway) -> GatewayPlan:
    return gateways.plan("public", gateway, mesh(size="medium"))


def served(tls: str, **written: Any) -> GatewayPlan:
    return plan_of(settings_of(tls=TLS[tls], **written))


def unreachable(plan: GatewayPlan) -> set[str]:
    """Every hop that no rule lets through: client to NLB, NLB to pod, health check to pod."""
    clients = [rule for rule in plan.rules if (rule.group, rule.direction) == ("nlb", "in")]
    out = {rule.port for rule in plan.rules if (rule.group, rule.direction, rule.peer) == ("nlb", "out", "cluster")}
    into = {rule.port for rule in plan.rules if (rule.group, rule.direction, rule.peer) == ("cluster", "in", "nlb")}
    wanted = {listener.port for listener in plan.listeners}
    return {
        *(f"client to {port}" for port in wanted - {rule.port for rule in clients}),
        *(f"NLB out {port}" for port in (wanted | {names.STATUS_PORT}) - out),
        *(f"cluster in {port}" for port in (wanted | {names.STATUS_PORT}) - into),
    }


class TestRules:
    @often
    @for_anything
    def test_every_port_and_the_health_check_pass_both_groups(self, gateway: Gateway) -> None:
        assert unreachable(plan_of(gateway)) == set()

    def test_a_missing_rule_is_noticed(self) -> None:
        whole = served("secret")
        missing = {hop for rule in whole.rules for hop in unreachable(_without(whole, rule))}
        assert missing == {
            *("client to 80", "client to 443"),
            *("NLB out 80", "NLB out 443", "NLB out 15021"),
            *("cluster in 80", "cluster in 443", "cluster in 15021"),
        }

    @often
    @for_anything
    def test_nothing_else_is_open(self, gateway: Gateway) -> None:
        plan = plan_of(gateway)
        from_outside = [rule for rule in plan.rules if rule.direction == "in" and rule.peer != load_balancer.NLB]
        assert {rule.group for rule in from_outside} == {"nlb"}
        assert {rule.port for rule in from_outside} <= {80, 443}
        assert len(plan.rules) == len({rule.key for rule in plan.rules})

    def test_an_open_gateway_admits_everybody(self) -> None:
        assert _clients(served("none")) == {"0.0.0.0/0"}

    def test_an_internal_gateway_admits_the_vpc(self) -> None:
        assert _clients(served("none", scheme="internal")) == {load_balancer.VPC}

    @pytest.mark.parametrize("scheme", ["internet-facing", "internal"])
    def test_listed_ranges_replace_the_default(self, scheme: str) -> None:
        assert _clients(served("none", scheme=scheme, allowedCidrs=["203.0.113.0/24"])) == {"203.0.113.0/24"}

    def test_a_description_is_what_ec2_accepts(self) -> None:
        allowed = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789. _-:/()#,@[]+=&;{}!$*")
        assert {letter for rule in served("acm").rules for letter in rule.description} <= allowed


class TestListeners:
    @often
    @for_anything
    def test_the_status_port_is_never_offered(self, gateway: Gateway) -> None:
        plan = plan_of(gateway)
        offered = {listener.port for listener in plan.listeners} | {port["port"] for port in plan.service_ports}
        assert names.STATUS_PORT not in offered

    @often
    @for_anything
    def test_listener_service_and_server_agree_on_ports(self, gateway: Gateway) -> None:
        plan = plan_of(gateway)
        listened = [listener.port for listener in plan.listeners]
        assert [port["port"] for port in plan.service_ports] == listened
        assert [port["targetPort"] for port in plan.service_ports] == listened
        assert [port["name"] for port in plan.service_ports] == [each.service_port for each in plan.listeners]
        assert [server["port"]["number"] for server in _servers(plan)] == listened

    @often
    @for_anything
    def test_the_proxy_closes_before_the_load_balancer_forgets(self, gateway: Gateway) -> None:
        plan = plan_of(gateway)
        closes = int(plan.proxy_config["connectionSettings"]["httpIdleTimeout"].removesuffix("s"))
        forgets = min(listener.idle_seconds or 350 for listener in plan.listeners)
        assert 0 < closes <= forgets - 10

    def test_acm_ends_tls_at_the_nlb_and_keeps_its_idle_timeout(self) -> None:
        assert served("acm").listeners[1] == Listener(
            port=443, protocol="TLS", group="tls", service_port="https", idle_seconds=None, certificate_arn=ARN
        )

    @pytest.mark.parametrize("mode", ["self-signed", "secret"])
    def test_otherwise_tls_passes_through(self, mode: str) -> None:
        assert served(mode, idleTimeoutSeconds=600).listeners[1] == Listener(
            port=443, protocol="TCP", group="443", service_port="https", idle_seconds=600
        )

    def test_a_change_of_protocol_makes_another_target_group(self) -> None:
        assert served("acm").listeners[1].group != served("secret").listeners[1].group

    @often
    @for_anything
    def test_names_of_the_longest_gateway_fit(self, gateway: Gateway) -> None:
        name = names.gateway_workload("x" * load_balancer.MAX_GATEWAY_NAME)
        generated = [f"{name}-{listener.group}-1234567" for listener in load_balancer.listeners(gateway)]
        assert max(len(each) for each in generated) <= 32


class TestClientIp:
    @often
    @for_anything
    def test_load_balancer_and_proxy_agree(self, gateway: Gateway) -> None:
        plan = plan_of(gateway)
        assert _disagreements(plan.client_ip, plan.proxy_config, plan.env) == []

    @pytest.mark.parametrize(
        ("mode", "preserve", "announced"),
        [("preserve", True, False), ("proxy-protocol", False, True), ("none", False, False)],
    )
    def test_each_mode(self, mode: client_ip.ClientIp, preserve: bool, announced: bool) -> None:
        plan = client_ip.client_ip(mode)
        assert (plan.preserve_client_ip, plan.proxy_protocol) == (preserve, announced)

    def test_no_address_that_a_client_writes_is_trusted(self) -> None:
        modes: tuple[client_ip.ClientIp, ...] = ("preserve", "proxy-protocol", "none")
        assert [client_ip.client_ip(mode).topology["numTrustedProxies"] for mode in modes] == [0, 0, 0]

    def test_one_side_alone_is_noticed(self) -> None:
        announced = client_ip.client_ip("proxy-protocol")
        silent = client_ip.client_ip("preserve")
        assert _disagreements(announced, {"gatewayTopology": silent.topology}, silent.env) == ["pods", "status port"]
        assert _disagreements(silent, {"gatewayTopology": announced.topology}, announced.env) == ["pods", "status port"]


class TestIstioGateway:
    @pytest.mark.parametrize("mode", ["self-signed", "secret", "acm"])
    def test_tls_redirects_port_80(self, mode: str) -> None:
        http, https = _servers(served(mode))
        assert http["tls"] == {"httpsRedirect": True}
        assert https["tls"]["minProtocolVersion"] == "TLSV1_2"

    def test_without_tls_port_80_serves(self) -> None:
        assert _servers(served("none")) == [
            {"port": {"number": 80, "name": "http", "protocol": "HTTP"}, "hosts": HOSTS}
        ]

    @often
    @for_anything
    def test_no_namespace_claims_more_than_its_hosts(self, gateway: Gateway) -> None:
        plan = plan_of(gateway)
        claimed = {host for server in _servers(plan) for host in server["hosts"]}
        assert claimed - set(gateway.hosts) <= {"./*"}

    def test_the_nlb_of_acm_is_served_without_sni(self) -> None:
        assert "*" in {host.partition("/")[2] for host in _servers(plan_of(_named("acm")))[1]["hosts"]}

    def test_only_acm_is_served_without_sni(self) -> None:
        assert _servers(plan_of(_named("secret")))[1]["hosts"] == ["shop/www.example.org"]

    @pytest.mark.parametrize(
        ("mode", "credential"),
        [("none", None), ("self-signed", "gateway-public-tls"), ("acm", "gateway-public-tls"), ("secret", "www")],
    )
    def test_the_credential_is_ours_or_theirs(self, mode: str, credential: str | None) -> None:
        plan = served(mode)
        assert plan.credential == credential
        assert (plan.certificate is not None) == (mode in ("self-signed", "acm"))

    def test_it_selects_its_own_pods_in_its_own_namespace(self) -> None:
        manifest = objects.istio_gateway(served("none"))
        assert manifest["metadata"] == {"name": "public", "namespace": "gateway-public"}
        assert manifest["spec"]["selector"] == {"istio": "gateway-public"}


def test_a_self_signed_certificate_names_the_hosts() -> None:
    plan = certificate("gateway-public", settings_of(tls=TLS["self-signed"]))
    assert plan is not None
    assert plan.dns_names == ("*.example.com", "www.example.org")


def test_a_certificate_for_any_host_still_has_a_name() -> None:
    plan = certificate("gateway-public", settings_of(hosts=["bookinfo/*"], tls=TLS["self-signed"]))
    assert plan is not None
    assert plan.dns_names == ("gateway-public",)


def test_bindings_leave_security_groups_alone() -> None:
    plan = served("acm")
    manifests = [objects.binding(plan, listener, "arn") for listener in plan.listeners]
    assert [manifest["spec"] for manifest in manifests] == [
        {
            "targetGroupARN": "arn",
            "targetType": "ip",
            "serviceRef": {"name": "gateway-public", "port": port},
        }
        for port in ("http2", "https")
    ]


def test_replicas_of_the_settings_win_over_the_size() -> None:
    scale = served("none").sizing.scale
    assert (scale.min_replicas, scale.max_replicas) == (3, 12)
    scale = served("none", replicas={"min": 2, "max": 4}).sizing.scale
    assert (scale.min_replicas, scale.max_replicas) == (2, 4)


def test_what_app_teams_are_told() -> None:
    assert objects.outputs(served("acm"), "example.org") == {
        "gateway": "gateway-public/public",
        "principal": "example.org/ns/gateway-public/sa/gateway-public",
        "hosts": HOSTS,
        "ports": [80, 443],
    }


def _named(tls: str) -> Gateway:
    return settings_of(hosts=["shop/www.example.org"], tls=TLS[tls])


def _servers(plan: GatewayPlan) -> list[dict[str, Any]]:
    servers: list[dict[str, Any]] = objects.istio_gateway(plan)["spec"]["servers"]
    return servers


def _without(plan: GatewayPlan, rule: Rule) -> GatewayPlan:
    return replace(plan, rules=tuple(each for each in plan.rules if each != rule))


def _clients(plan: GatewayPlan) -> set[str]:
    return {rule.peer for rule in plan.rules if (rule.group, rule.direction) == ("nlb", "in")}


def _disagreements(
    target_group: client_ip.ClientIpPlan, proxy_config: dict[str, Any], env: dict[str, str]
) -> list[str]:
    """Where the header is sent and not expected, or the other way round."""
    expected = {
        "pods": "proxyProtocol" in proxy_config["gatewayTopology"],
        "status port": env.get("ENVOY_STATUS_PORT_ENABLE_PROXY_PROTOCOL") == "true",
    }
    return [place for place, expects in expected.items() if expects != target_group.proxy_protocol]
