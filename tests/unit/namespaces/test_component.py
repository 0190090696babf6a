"""What a namespace of an app team registers."""

from components.namespaces import plan as namespaces
from components.namespaces.component import MeshNamespace, MeshNamespaceArgs
from tests.support.unit import harness
from tests.support.unit.namespace_settings import ANA, namespace
from tests.support.unit.recorded import Stack

SHOP = namespace(name="shop", editors=(ANA,), calls=("web/cart", "api.example.org:443"), kubernetesApi=True)


def stack() -> Stack:
    args = MeshNamespaceArgs(settings=SHOP, tag="stable")
    return harness.component(lambda: MeshNamespace("namespace-shop", args))


def test_it_is_denied_by_default() -> None:
    denied = stack().kubernetes("AuthorizationPolicy", "deny-by-default", "shop")
    assert denied.inputs["spec"] == {}


def test_nobody_opens_a_way_in_beside_the_gateways() -> None:
    quota = stack().kubernetes("ResourceQuota", "ways-in", "shop").inputs["spec"]["hard"]
    assert quota == {"services.loadbalancers": "0", "services.nodeports": "0"}


def test_everything_in_it_waits_for_it() -> None:
    built = stack()
    itself = built.kubernetes("Namespace", "shop")
    inside = [node for node in built.nodes if node.inputs.get("metadata", {}).get("namespace") == "shop"]
    assert len(inside) == len(namespaces.mesh_objects(SHOP)) == 8
    assert all(node.reaches(itself) for node in inside)


def test_its_objects_are_as_designed() -> None:
    built = stack()
    for manifest in (namespaces.mesh_namespace("shop", "stable"), *namespaces.mesh_objects(SHOP)):
        metadata = manifest["metadata"]
        assert built.kubernetes(manifest["kind"], metadata["name"], metadata.get("namespace")).inputs == manifest
