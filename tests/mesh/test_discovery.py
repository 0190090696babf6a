"""What istiod sees: namespaces with the discovery label, and nothing of any other."""

from collections.abc import Iterator
from typing import Any

import pytest

from components.settings import names
from local.control_plane.api import Api
from local.nlb.visitor import Visitor
from local.world import istiods
from local.world.mesh import Mesh
from tests.support.mesh import live, meshes

ODD = "odd"
HOST = f"web.{ODD}.{names.CLUSTER_DOMAIN}"
PAGE = "http://bookinfo.test/productpage"


@pytest.fixture(scope="module")
def odd(dev: Mesh) -> Iterator[Api]:
    """A namespace that is not of the stack, with a Service and an endpoint of its own."""
    api = dev.control_plane.api
    place = {"namespace": ODD, "name": "web"}
    service = {"selector": {"app": "web"}, "ports": [{"name": "http", "port": 80}]}
    slice_ = {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {**place, "labels": {"kubernetes.io/service-name": "web"}},
        "addressType": "IPv4",
        "ports": [{"name": "http", "port": 80}],
        "endpoints": [{"addresses": ["10.244.250.9"], "conditions": {"ready": True}}],
    }
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": ODD, "labels": {"team": "odd"}}}
    api.apply(namespace, field_manager="tests")
    try:
        api.create({"apiVersion": "v1", "kind": "Service", "metadata": place, "spec": service})
        api.create(slice_)
        yield api
    finally:
        api.delete("v1", "Namespace", ODD)


def debugged(mesh: Mesh, what: str) -> Any:
    """What istiod says of itself."""
    return istiods.Debugged(mesh).ask(istiods.addresses(mesh)[0], what)


def registered(mesh: Mesh) -> set[str]:
    """Namespaces of the Services that istiod knows."""
    return {each["Attributes"]["Namespace"] for each in debugged(mesh, "registryz")}


def endpoints(mesh: Mesh) -> set[str]:
    """Services of which istiod knows an address."""
    shards = {name: each.values() for name, each in debugged(mesh, "endpointShardz").items()}
    return {name for name, each in shards.items() if any(one["Shards"] for one in each)}


def configured(mesh: Mesh) -> set[str]:
    """Namespaces of the objects that istiod reads."""
    return {each["metadata"].get("namespace", "") for each in debugged(mesh, "configz")}


def gateways_clusters(mesh: Mesh) -> str:
    """Where the gateway could send a request."""
    pods = mesh.control_plane.api.list("v1", "Pod", "gateway-public")
    name = next(each["metadata"]["name"] for each in pods if "deletionTimestamp" not in each["metadata"])
    done = mesh.kubelet.exec("gateway-public", name, "istio-proxy", ["pilot-agent", "request", "GET", "clusters"])
    assert not done.returncode, done.stderr
    return done.stdout


def test_istiod_knows_the_namespaces_of_the_mesh_and_no_other(stack: Mesh) -> None:
    api = stack.control_plane.api
    key, value = names.DISCOVERY_KEY, names.DISCOVERY_VALUE
    labelled = {each["metadata"]["name"] for each in api.list("v1", "Namespace", labels=f"{key}={value}")}
    assert {names.ISTIO_SYSTEM, names.BOOKINFO, "gateway-public"} <= labelled
    # All have Services or objects; kubernetes.default is the one of every cluster that has not.
    assert registered(stack) | configured(stack) == labelled
    assert api.get("v1", "Service", "kubernetes", "default")


def test_a_namespace_without_the_label_is_hidden(dev: Mesh, odd: Api) -> None:
    _hidden(dev)


def test_with_it_services_and_addresses_are_seen_as_long_as_it_stays(dev: Mesh, odd: Api) -> None:
    with live.with_labels(dev, ODD, names.DISCOVERY_LABELS):
        meshes.eventually(lambda: _seen(dev))
    meshes.eventually(lambda: _hidden(dev))


def _seen(mesh: Mesh) -> None:
    assert ODD in registered(mesh)
    assert HOST in endpoints(mesh)
    assert f"outbound|80||{HOST}::10.244.250.9:80" in gateways_clusters(mesh)


def _hidden(mesh: Mesh) -> None:
    assert ODD not in registered(mesh)
    assert HOST not in endpoints(mesh)
    assert HOST not in gateways_clusters(mesh)


# Negative control


def test_without_its_label_a_namespace_of_the_mesh_is_gone_for_visitors(dev: Mesh, visitor: Visitor) -> None:
    assert meshes.visit(dev, visitor, PAGE).status == 200
    with live.with_labels(dev, "bookinfo", {names.DISCOVERY_KEY: None}):
        meshes.eventually(lambda: _answers(dev, visitor, 404))
        assert "bookinfo" not in registered(dev)
    meshes.eventually(lambda: _answers(dev, visitor, 200))


def _answers(mesh: Mesh, visitor: Visitor, status: int) -> None:
    assert meshes.visit(mesh, visitor, PAGE).status == status
