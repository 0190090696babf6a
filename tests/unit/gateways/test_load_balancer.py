"""What the load balancer listens on and lets through, over every combination of settings."""

from dataclasses import replace

import pytest

from components.gateways import load_balancer
from components.gateways.load_balancer import Listener, Rule
from components.gateways.plan import GatewayPlan
from components.settings import Gateway, names
from tests.support.unit.gateway_plans import ARN, for_anything, often, plan_of, served, servers


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


def without(plan: GatewayPlan, rule: Rule) -> GatewayPlan:
    return replace(plan, rules=tuple(each for each in plan.rules if each != rule))


def clients(plan: GatewayPlan) -> set[str]:
    return {rule.peer for rule in plan.rules if (rule.group, rule.direction) == ("nlb", "in")}


class TestRules:
    @often
    @for_anything
    def test_every_port_and_the_health_check_pass_both_groups(self, gateway: Gateway) -> None:
        assert unreachable(plan_of(gateway)) == set()

    def test_a_missing_rule_is_noticed(self) -> None:
        whole = served("secret")
        missing = {hop for rule in whole.rules for hop in unreachable(without(whole, rule))}
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
        assert clients(served("none")) == {"0.0.0.0/0"}

    def test_an_internal_gateway_admits_the_vpc(self) -> None:
        assert clients(served("none", scheme="internal")) == {load_balancer.VPC}

    @pytest.mark.parametrize("scheme", ["internet-facing", "internal"])
    def test_listed_ranges_replace_the_default(self, scheme: str) -> None:
        assert clients(served("none", scheme=scheme, allowedCidrs=["203.0.113.0/24"])) == {"203.0.113.0/24"}

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
        assert [server["port"]["number"] for server in servers(plan)] == listened

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
