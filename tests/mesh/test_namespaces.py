"""What an app team's namespace is in the running mesh: closed, apart from its neighbours, and opened by its owners."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from components.istio import policy
from local.control_plane.api_errors import ApiRefusedError
from local.world.callers import Caller, Reply
from local.world.mesh import Mesh
from tests.support.mesh import asking, live, meshes

NAMESPACES = [{"name": "shop", "calls": ["bookinfo/*", "stock/store"]}, {"name": "stock", "loadBalancers": 1}]
IMAGE = "examples-bookinfo-ratings-v1"
STORE = f"http://store.stock:{asking.PORT}/ratings/0"
GETS = {"ports": [str(asking.PORT)], "methods": ["GET"]}
# Of the sample application's product page, by name.
LIKE_PRODUCT_PAGE = "bookinfo-productpage"
# Seconds until a changed policy holds for connections that were open.
DRAINED = 60.0


@dataclass(frozen=True, kw_only=True)
class Place:
    """shop: calls services of others. stock: has a service, and calls nobody beyond itself."""

    mesh: Mesh
    shop: Caller
    stock: Caller


@pytest.fixture(scope="module")
def place(dev: Mesh) -> Iterator[Place]:
    account = {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": LIKE_PRODUCT_PAGE, "namespace": "shop"},
    }
    with ExitStack() as opened:
        opened.enter_context(meshes.changed(dev, {"namespaces": NAMESPACES}))
        opened.enter_context(live.added(dev, account))
        opened.enter_context(asking.server(dev, "stock", "store", IMAGE))
        shop = opened.enter_context(asking.caller(dev, "shop", "asker", service_account=LIKE_PRODUCT_PAGE))
        yield Place(mesh=dev, shop=shop, stock=opened.enter_context(asking.caller(dev, "stock", "asker")))


def allow(*principals: str) -> dict[str, Any]:
    """As the owners of stock would write it."""
    return policy.allow("stock", "store", principals, [GETS])


def refused(reply: Reply) -> None:
    assert asking.forbidden(reply), reply


def answered(reply: Reply) -> None:
    assert reply.status == 200, reply


def unknown(reply: Reply) -> None:
    """His proxy sends plain text where it knows no service, and is cut off; it may say so itself."""
    said = reply.status == 503 and reply.body.startswith("upstream connect error")
    assert said or asking.reset(reply), reply


def test_a_new_namespace_is_closed_to_others_and_to_itself(place: Place) -> None:
    refused(place.shop.ask(STORE))
    refused(place.stock.ask(STORE))


def test_its_owners_open_it_to_whom_they_name_and_to_nobody_else(place: Place) -> None:
    principals = place.mesh.world.session.outputs()["namespaces"]
    shop = f"{principals['shop']['principalPrefix']}{LIKE_PRODUCT_PAGE}"
    with live.added(place.mesh, allow(shop)):
        meshes.eventually(lambda: answered(place.shop.ask(STORE)), within=DRAINED)
        refused(place.stock.ask(STORE))
    refused(place.shop.ask(STORE))


def test_who_has_the_name_of_anothers_account_is_still_not_he(place: Place) -> None:
    for service in asking.PATHS:
        refused(place.shop.ask(asking.url(service)))
    answered(asking.insider(place.mesh, "productpage").ask(asking.url("details")))


def test_a_service_of_another_namespace_is_unknown_unless_it_is_called(place: Place) -> None:
    for service in asking.PATHS:
        unknown(place.stock.ask(asking.url(service)))
    # It is the scope: the same with it is known, and refused.
    wider = policy.sidecar("stock", [*policy.SCOPE, "bookinfo/*"])
    with live.added(place.mesh, wider):
        meshes.eventually(lambda: refused(place.stock.ask(asking.url("details"))))
    unknown(place.stock.ask(asking.url("details")))


def test_a_proxy_is_told_of_its_namespace_and_its_calls_alone(place: Place) -> None:
    assert told(place.stock) == {"stock", "istio-system"}
    # Nothing is served in shop.
    assert told(place.shop) == {"stock", "istio-system", "bookinfo"}


def test_a_namespace_opens_no_way_in_of_its_own(place: Place) -> None:
    for kind in ("LoadBalancer", "NodePort"):
        with pytest.raises(ApiRefusedError, match="exceeded quota: ways-in"):
            make(place, "shop", kind)


def test_but_as_many_load_balancers_as_its_settings_say(place: Place) -> None:
    make(place, "stock", "LoadBalancer")
    first = live.added(place.mesh, service("stock", "first", "LoadBalancer"))
    with first, pytest.raises(ApiRefusedError, match="exceeded quota: ways-in"):
        make(place, "stock", "LoadBalancer")


def make(place: Place, namespace: str, kind: str) -> None:
    place.mesh.control_plane.api.create(service(namespace, "way-in", kind), dry_run=True)


def service(namespace: str, name: str, kind: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"type": kind, "selector": {"app": name}, "ports": [{"name": "http", "port": 80}]},
    }


def told(caller: Caller) -> set[str]:
    """Namespaces of the services that its proxy knows."""
    argv = ["pilot-agent", "request", "GET", "clusters"]
    done = caller.kubelet.exec(caller.namespace, caller.name, "istio-proxy", argv, timeout=20)
    assert done.returncode == 0, done.stderr
    clusters = {line.partition("::")[0] for line in done.stdout.splitlines() if line.startswith("outbound|")}
    assert clusters
    return {each.rpartition("|")[2].split(".")[1] for each in clusters}
