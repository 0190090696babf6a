"""The Istio Gateway, the bindings, and what app teams are told."""

import pytest

from components.gateways import objects
from components.settings import Gateway
from tests.support.unit.gateway_plans import HOSTS, TLS, for_anything, often, plan_of, served, servers, settings_of


@pytest.mark.parametrize("mode", ["self-signed", "secret", "acm"])
def test_tls_redirects_port_80(mode: str) -> None:
    http, https = servers(served(mode))
    assert http["tls"] == {"httpsRedirect": True}
    assert https["tls"]["minProtocolVersion"] == "TLSV1_2"


def test_without_tls_port_80_serves() -> None:
    assert servers(served("none")) == [{"port": {"number": 80, "name": "http", "protocol": "HTTP"}, "hosts": HOSTS}]


@often
@for_anything
def test_no_namespace_claims_more_than_its_hosts(gateway: Gateway) -> None:
    plan = plan_of(gateway)
    claimed = {host for server in servers(plan) for host in server["hosts"]}
    assert claimed - set(gateway.hosts) <= {"./*"}


def test_the_nlb_of_acm_is_served_without_sni() -> None:
    assert "*" in {host.partition("/")[2] for host in servers(plan_of(named("acm")))[1]["hosts"]}


def test_only_acm_is_served_without_sni() -> None:
    assert servers(plan_of(named("secret")))[1]["hosts"] == ["shop/www.example.org"]


@pytest.mark.parametrize(
    ("mode", "credential"),
    [("none", None), ("self-signed", "gateway-public-tls"), ("acm", "gateway-public-tls"), ("secret", "www")],
)
def test_the_credential_is_ours_or_theirs(mode: str, credential: str | None) -> None:
    plan = served(mode)
    assert plan.credential == credential
    assert (plan.certificate is not None) == (mode in ("self-signed", "acm"))


def test_the_istio_gateway_selects_its_own_pods_in_its_own_namespace() -> None:
    manifest = objects.istio_gateway(served("none"))
    assert manifest["metadata"] == {"name": "public", "namespace": "gateway-public"}
    assert manifest["spec"]["selector"] == {"istio": "gateway-public"}


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


def test_what_app_teams_are_told() -> None:
    assert objects.outputs(served("acm"), "example.org") == {
        "gateway": "gateway-public/public",
        "principal": "example.org/ns/gateway-public/sa/gateway-public",
        "hosts": HOSTS,
        "ports": [80, 443],
    }


def named(tls: str) -> Gateway:
    return settings_of(hosts=["shop/www.example.org"], tls=TLS[tls])
