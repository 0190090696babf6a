"""A light proxy of the benchmark: what it asks istiod for, and what it keeps."""

from collections.abc import Iterable, Iterator
from typing import Any

from benchmarks.scale import messages
from benchmarks.scale.messages import CLUSTERS, ENDPOINTS, LISTENERS, MESSAGES, NAMES, ROUTES
from benchmarks.scale.proxy import Identity, Proxy
from benchmarks.scale.rendered import Rendered

WEB, DB = "outbound|80||web.shop.svc.cluster.local", "outbound|80||db.shop.svc.cluster.local"


def identity(**metadata: str) -> Identity:
    return Identity(
        kind="sidecar", name="web-1", namespace="shop", address="10.1.2.3", labels={"app": "web"}, metadata=metadata
    )


def answer(kind: str, found: Iterable[str] = (), removed: Iterable[str] = (), body: bytes = b"") -> bytes:
    """A response of istiod's."""
    resources = [MESSAGES["Resource"](name=each, resource={"type_url": kind, "value": body}) for each in found]
    written: bytes = MESSAGES["Response"](
        type_url=kind, nonce="n-1", resources=resources, removed_resources=list(removed)
    ).SerializeToString()
    return written


def listener(*routes: str) -> bytes:
    http = "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
    configs = [MESSAGES["Http"](rds={"route_config_name": each}).SerializeToString() for each in routes]
    filters = [{"typed_config": {"type_url": http, "value": each}} for each in configs]
    other = {"typed_config": {"type_url": "type.googleapis.com/other", "value": b"\x0a"}}
    written: bytes = MESSAGES["Listener"](filter_chains=[{"filters": [other, *filters]}]).SerializeToString()
    return written


def asked(written: Iterable[bytes]) -> list[Any]:
    return [MESSAGES["Request"].FromString(each) for each in written]


def kinds(written: Iterable[bytes]) -> list[str]:
    return [each.type_url for each in asked(written)]


def synced(proxy: Proxy) -> Iterator[bool]:
    """Step by step, as istiod answers."""
    proxy.first()
    for response in (
        answer(CLUSTERS, [WEB, DB, "BlackHoleCluster"]),
        answer(ENDPOINTS, [WEB]),
        answer(ENDPOINTS, removed=[DB]),
        answer(LISTENERS, ["0.0.0.0_80"], body=listener("80")),
        answer(ROUTES, ["80"]),
    ):
        proxy.take(response)
        yield proxy.synced


def test_a_proxy_says_who_it_is_once() -> None:
    names_, clusters = asked(Proxy(identity(DNS_CAPTURE="true")).first())
    assert (names_.type_url, clusters.type_url) == (NAMES, CLUSTERS)
    assert names_.node.id == "sidecar~10.1.2.3~web-1.shop~shop.svc.cluster.local"
    assert dict(names_.node.metadata)["NAMESPACE"] == "shop"
    assert not clusters.node.id


def test_only_a_proxy_that_answers_dns_asks_for_names() -> None:
    assert kinds(Proxy(identity()).first()) == [CLUSTERS]


def test_every_response_is_acknowledged() -> None:
    proxy = Proxy(identity())
    proxy.first()
    acknowledged, subscribed = asked(proxy.take(answer(CLUSTERS, [WEB, DB, "BlackHoleCluster"])))
    assert (acknowledged.type_url, acknowledged.response_nonce) == (CLUSTERS, "n-1")
    assert (subscribed.type_url, list(subscribed.resource_names_subscribe)) == (ENDPOINTS, [DB, WEB])


def test_it_listens_only_when_it_has_all_endpoints() -> None:
    proxy = Proxy(identity())
    proxy.first()
    proxy.take(answer(CLUSTERS, [WEB, DB]))
    assert kinds(proxy.take(answer(ENDPOINTS, [WEB]))) == [ENDPOINTS]
    assert kinds(proxy.take(answer(ENDPOINTS, [DB]))) == [ENDPOINTS, LISTENERS]
    assert kinds(proxy.take(answer(ENDPOINTS, [DB]))) == [ENDPOINTS]


def test_it_takes_the_routes_that_its_listeners_name() -> None:
    proxy = Proxy(identity())
    [_, subscribed] = asked(proxy.take(answer(LISTENERS, ["0.0.0.0_80"], body=listener("80", "8080"))))
    assert list(subscribed.resource_names_subscribe) == ["80", "8080"]
    [_, changed] = asked(proxy.take(answer(LISTENERS, ["0.0.0.0_80"], body=listener("8080", "9090"))))
    assert (list(changed.resource_names_subscribe), list(changed.resource_names_unsubscribe)) == (["9090"], ["80"])


def test_it_is_in_sync_when_nothing_is_missing() -> None:
    assert list(synced(Proxy(identity()))) == [False, False, False, False, True]


def test_a_proxy_that_answers_dns_is_in_sync_with_the_names() -> None:
    proxy = Proxy(identity(DNS_CAPTURE="true"))
    assert not any(synced(proxy))
    proxy.take(answer(NAMES, [""]))
    assert proxy.synced


def test_what_is_removed_is_forgotten() -> None:
    proxy = Proxy(identity())
    list(synced(proxy))
    before = proxy.size
    assert (proxy.clusters, proxy.knows(WEB)) == (3, True)
    [_, less] = asked(proxy.take(answer(CLUSTERS, removed=[WEB])))
    assert list(less.resource_names_unsubscribe) == [WEB]
    assert (proxy.clusters, proxy.knows(WEB)) == (2, False)
    assert proxy.size < before


def test_a_new_stream_begins_with_nothing() -> None:
    proxy = Proxy(identity())
    list(synced(proxy))
    proxy.first()
    assert (proxy.clusters, proxy.size, proxy.synced) == (0, 0, False)


def test_routes_are_read_from_listeners() -> None:
    assert list(messages.route_names(listener("80", ""))) == ["80"]


def test_proxies_say_what_the_mesh_tells_their_agents() -> None:
    mesh = "defaultConfig: {proxyMetadata: {ISTIO_META_DNS_CAPTURE: 'true', OTHER: 'x'}}"
    chart = Rendered(objects=({"kind": "ConfigMap", "data": {"mesh": mesh}}, {"kind": "Role"}), pod={})
    assert chart.metadata == {"DNS_CAPTURE": "true"}
