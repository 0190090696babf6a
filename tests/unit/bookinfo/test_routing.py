"""Which version of a Bookinfo service a request reaches, and where requests come in."""

import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from components.bookinfo import routing
from components.settings import Bookinfo, Gateway, Weights

PUBLIC = Gateway(hosts=("bookinfo/*",))


@st.composite
def weights(draw: st.DrawFn) -> Weights:
    """Shares that add up to 100."""
    low, high = sorted(draw(st.tuples(st.integers(0, 100), st.integers(0, 100))))
    return Weights(v1=low, v2=high - low, v3=100 - high)


def bookinfo(**changes: Any) -> Bookinfo:
    return Bookinfo.model_validate_json(json.dumps(changes))


def service(name: str, settings: Bookinfo, gateway: Gateway = PUBLIC) -> dict[str, Any]:
    [found] = [each for each in routing.virtual_services(settings, gateway) if each["metadata"]["name"] == name]
    spec: dict[str, Any] = found["spec"]
    return spec


def destinations(settings: Bookinfo) -> Iterable[dict[str, Any]]:
    for each in routing.virtual_services(settings, PUBLIC):
        for http in each["spec"]["http"]:
            for route in http["route"]:
                yield route["destination"]


def subset(route: dict[str, Any]) -> str:
    found: str = route["destination"]["subset"]
    return found


class TestVersions:
    def test_everybody_to_v1(self) -> None:
        assert {found["subset"] for found in destinations(bookinfo(routing="all-v1"))} == {"v1"}

    def test_the_test_user_sees_v2_of_reviews_and_nobody_else_does(self) -> None:
        for_jason, for_others = service("reviews", bookinfo(routing="test-user"))["http"]
        assert for_jason["match"] == [{"headers": {"end-user": {"exact": "jason"}}}]
        assert [subset(route) for route in for_jason["route"]] == ["v2"]
        assert "match" not in for_others
        assert [subset(route) for route in for_others["route"]] == ["v1"]

    @limits(max_examples=50)
    @given(shares=weights())
    def test_a_canary_splits_reviews_as_written(self, shares: Weights) -> None:
        [http] = service("reviews", Bookinfo(routing="canary", weights=shares))["http"]
        written = {version: share for version, share in shares.model_dump().items() if share}
        assert {subset(route): route["weight"] for route in http["route"]} == written
        assert sum(route["weight"] for route in http["route"]) == 100

    def test_a_canary_leaves_the_other_services_alone(self) -> None:
        for name in ("productpage", "details", "ratings"):
            assert service(name, bookinfo(routing="canary")) == service(name, bookinfo(routing="all-v1"))

    @limits(max_examples=50)
    @given(mode=st.sampled_from(["all-v1", "test-user", "canary"]), shares=weights())
    def test_every_route_leads_to_a_subset_that_a_rule_defines(self, mode: Any, shares: Weights) -> None:
        defined = {
            (rule["spec"]["host"], found["name"])
            for rule in routing.destination_rules()
            for found in rule["spec"]["subsets"]
        }
        assert {
            (found["host"], found["subset"]) for found in destinations(Bookinfo(routing=mode, weights=shares))
        } <= defined

    def test_one_rule_a_host(self) -> None:
        hosts = [rule["spec"]["host"] for rule in routing.destination_rules()]
        assert len(set(hosts)) == len(hosts) == 4

    def test_hosts_are_full_names(self) -> None:
        assert all(found["host"].endswith(".bookinfo.svc.cluster.local") for found in destinations(bookinfo()))


class TestEntrance:
    def test_it_is_bound_to_the_gateway_of_the_settings(self) -> None:
        found = service("productpage", bookinfo(gateway="partners"))
        assert found["gateways"] == ["gateway-partners/partners"]
        assert found["hosts"] == ["*"]

    def test_only_productpage_is_reached_from_outside(self) -> None:
        exposed = [each for each in routing.virtual_services(bookinfo(), PUBLIC) if "gateways" in each["spec"]]
        assert [each["metadata"]["name"] for each in exposed] == ["productpage"]

    def test_only_the_published_paths_are(self) -> None:
        [http] = service("productpage", bookinfo())["http"]
        assert [match["uri"] for match in http["match"]] == list(routing.PATHS)

    @limits(max_examples=50)
    @given(
        hosts=st.lists(
            st.tuples(
                st.sampled_from(["bookinfo", "shop"]),
                st.sampled_from(["*", "*.example.org", "*.a.example.org", "b.a.example.org", "www.example.com"]),
            )
        )
    )
    def test_hosts_are_those_of_bookinfo_and_none_covers_another(self, hosts: list[tuple[str, str]]) -> None:
        own = {host for namespace, host in hosts if namespace == "bookinfo"}
        found = routing.public_hosts(Gateway(hosts=tuple("/".join(pair) for pair in hosts)))
        assert set(found) <= own
        for host in own:
            covering = [one for one in found if one == host or (one[0] == "*" and host.endswith(one[1:]))]
            assert len(covering) == 1

    @pytest.mark.parametrize(
        ("hosts", "tls", "expected"),
        [
            (("bookinfo/*",), "none", "http://lb.example.net/productpage"),
            (("shop/a.example.org", "bookinfo/b.example.org"), "secret", "https://b.example.org/productpage"),
            (("bookinfo/*.example.org",), "acm", "https://lb.example.net/productpage"),
        ],
    )
    def test_the_address_of_the_product_page(self, hosts: tuple[str, ...], tls: str, expected: str) -> None:
        gateway = Gateway.model_validate_json(json.dumps({"hosts": hosts, "tls": {"mode": tls}}))
        assert routing.url(gateway, "lb.example.net") == expected
