"""Where the client's address comes from: load balancer and proxy agree."""

from typing import Any

import pytest

from components.gateways import client_ip
from components.settings import Gateway
from tests.support.unit.gateway_plans import for_anything, often, plan_of


@often
@for_anything
def test_load_balancer_and_proxy_agree(gateway: Gateway) -> None:
    plan = plan_of(gateway)
    assert disagreements(plan.client_ip, plan.proxy_config, plan.env) == []


@pytest.mark.parametrize(
    ("mode", "preserve", "announced"),
    [("preserve", True, False), ("proxy-protocol", False, True), ("none", False, False)],
)
def test_who_announces_the_address_in_each_mode(mode: client_ip.ClientIp, preserve: bool, announced: bool) -> None:
    plan = client_ip.client_ip(mode)
    assert (plan.preserve_client_ip, plan.proxy_protocol) == (preserve, announced)


def test_no_address_that_a_client_writes_is_trusted() -> None:
    modes: tuple[client_ip.ClientIp, ...] = ("preserve", "proxy-protocol", "none")
    assert [client_ip.client_ip(mode).topology["numTrustedProxies"] for mode in modes] == [0, 0, 0]


def test_one_side_alone_is_noticed() -> None:
    announced = client_ip.client_ip("proxy-protocol")
    silent = client_ip.client_ip("preserve")
    assert disagreements(announced, {"gatewayTopology": silent.topology}, silent.env) == ["pods", "status port"]
    assert disagreements(silent, {"gatewayTopology": announced.topology}, announced.env) == ["pods", "status port"]


def disagreements(target_group: client_ip.ClientIpPlan, proxy_config: dict[str, Any], env: dict[str, str]) -> list[str]:
    """Where the header is sent and not expected, or the other way round."""
    expected = {
        "pods": "proxyProtocol" in proxy_config["gatewayTopology"],
        "status port": env.get("ENVOY_STATUS_PORT_ENABLE_PROXY_PROTOCOL") == "true",
    }
    return [place for place, expects in expected.items() if expects != target_group.proxy_protocol]
