"""What the project asks for, by the claims its comments make."""

import datetime
import re
from typing import Any

import pytest
from promised import outputs

from shop import contract, traffic, workload
from shop.contract import ContractError
from shop.settings import Settings
from shop.sources import Stack

CONTRACT = contract.read("The stack", outputs())


def settings(**changes: Any) -> Settings:
    return Settings(source=Stack(name="organization/istio-eks/prod"), **changes)


def policy(**changes: Any) -> dict[str, list[str]]:
    """Return the allowed paths by reader."""
    rules = traffic.authorization(CONTRACT, settings(**changes))["rules"]
    return {
        who: rule["to"][0]["operation"]["paths"] for rule in rules for who in rule["from"][0]["source"]["principals"]
    }


def test_without_callers_only_the_gateway_gets_in() -> None:
    assert policy() == {"cluster.local/ns/gateway-public/sa/gateway-public": ["/details/*"]}


def test_callers_get_in_under_their_own_identity() -> None:
    assert policy(callers=("shop/frontend", "bookinfo/bookinfo-productpage")).keys() == {
        "cluster.local/ns/gateway-public/sa/gateway-public",
        "cluster.local/ns/shop/sa/frontend",
        "cluster.local/ns/bookinfo/sa/bookinfo-productpage",
    }


def test_one_rule_for_the_full_name_of_the_host_has_both_blocks_and_every_subset() -> None:
    rule = traffic.destination_rule(settings())
    assert rule["host"] == "catalog.shop.svc.cluster.local"
    assert rule["trafficPolicy"].keys() == {"connectionPool", "outlierDetection"}
    assert [each["labels"] for each in rule["subsets"]] == [{"version": "v1"}]


def test_connecting_may_take_longer_than_one_lost_packet() -> None:
    text = traffic.destination_rule(settings())["trafficPolicy"]["connectionPool"]["tcp"]["connectTimeout"]
    assert re.fullmatch(r"\d+s", text)
    assert datetime.timedelta(seconds=int(text[:-1])) > datetime.timedelta(seconds=1)


def test_http2_is_bounded_and_connections_live_on() -> None:
    pool = traffic.destination_rule(settings())["trafficPolicy"]["connectionPool"]["http"]
    assert pool["http2MaxRequests"] > 0
    assert "maxRequestsPerConnection" not in pool


def test_ejection_has_a_floor() -> None:
    assert traffic.destination_rule(settings())["trafficPolicy"]["outlierDetection"]["minHealthPercent"] == 50


def test_nothing_that_a_pod_may_have_begun_is_sent_twice() -> None:
    (route,) = traffic.route(CONTRACT, settings())["http"]
    assert set(route["retries"]["retryOn"].split(",")) <= {"connect-failure", "refused-stream"}


def test_pods_run_on_the_nodes_for_apps_under_their_own_identity() -> None:
    pod = workload.deployment(CONTRACT, settings())["template"]["spec"]
    assert pod["nodeSelector"] == {"istio-eks/node-group": "apps"}
    assert pod["tolerations"][0]["key"] == "team"
    assert pod["serviceAccountName"] == workload.NAME


def test_the_service_finds_its_pods_and_its_port_says_http() -> None:
    deployment, service = workload.deployment(CONTRACT, settings()), workload.service()
    assert service["selector"].items() <= deployment["template"]["metadata"]["labels"].items()
    assert service["ports"][0]["name"] == "http"


# Which host is published


def hosts(*allowed: str) -> contract.Contract:
    return contract.read("The stack", outputs("namespaces.shop.hosts", list(allowed)))


@pytest.mark.parametrize(
    ("allowed", "asked", "published"),
    [
        (("public/a.example.com",), None, "a.example.com"),
        (("inside/b.example.com", "public/a.example.com"), None, "a.example.com"),
        (("public/a.example.com", "public/b.example.com"), "b.example.com", "b.example.com"),
        (("public/*.example.com",), "x.example.com", "x.example.com"),
        (("public/*",), "x.example.com", "x.example.com"),
    ],
)
def test_the_host_is_one_that_the_namespace_may_claim(
    allowed: tuple[str, ...], asked: str | None, published: str
) -> None:
    assert traffic.public_host(hosts(*allowed), settings(host=asked)) == published


@pytest.mark.parametrize(
    ("allowed", "asked", "said"),
    [
        ((), None, "may claim no host, and shop:host names none"),
        (("public/*.example.com",), None, "may claim *.example.com, and shop:host names none"),
        (("public/a.example.com", "public/b.example.com"), None, "may claim a.example.com, b.example.com"),
        (("public/*.example.com",), "example.com", "not example.com"),
        (("inside/a.example.com",), "a.example.com", "may claim no host, not a.example.com"),
    ],
)
def test_another_is_refused_with_what_is_allowed(allowed: tuple[str, ...], asked: str | None, said: str) -> None:
    with pytest.raises(ContractError, match=re.escape(said)):
        traffic.public_host(hosts(*allowed), settings(host=asked))


def test_a_gateway_that_is_not_there_is_named_before_its_hosts() -> None:
    with pytest.raises(ContractError, match=r"has no output gateways\.inside: it has public"):
        traffic.public_host(hosts("inside/a.example.com"), settings(gateway="inside"))


def test_the_address_follows_the_ports_of_the_gateway() -> None:
    assert traffic.url(CONTRACT, settings()) == "https://shop.example.com/details/0"
    plain = contract.read("The stack", outputs("gateways.public.ports", [80]))
    assert traffic.url(plain, settings()) == "http://shop.example.com/details/0"
