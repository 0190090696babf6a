"""What the namespaces of the system, of gateways and of app teams are labelled with, and what a team may rely on."""

from typing import Any

from components.istio.system_namespaces import system_namespaces
from components.namespaces import plan as namespaces
from components.settings import Gateway, names
from tests.support.unit.namespace_settings import ANA, namespace, stack


def labels(manifest: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = manifest["metadata"]["labels"]
    return found


def test_every_namespace_with_mesh_objects_is_seen_by_istiod() -> None:
    istio_system, _ = system_namespaces()
    seen = [istio_system, namespaces.gateway_namespace("public"), namespaces.mesh_namespace("shop", "stable")]
    for manifest in seen:
        assert labels(manifest)[names.DISCOVERY_KEY] == names.DISCOVERY_VALUE


def test_only_istio_cni_is_privileged() -> None:
    istio_system, istio_cni = system_namespaces()
    assert istio_cni["metadata"]["name"] == names.ISTIO_CNI
    assert labels(istio_cni)[names.POD_SECURITY_LABEL] == "privileged"
    others = [istio_system, namespaces.gateway_namespace("public"), namespaces.mesh_namespace("shop", "stable")]
    assert {labels(other)[names.POD_SECURITY_LABEL] for other in others} == {"restricted"}


def test_a_gateway_pod_chooses_its_revision_itself() -> None:
    found = labels(namespaces.gateway_namespace("public"))
    assert names.REVISION_LABEL not in found
    assert found[names.READINESS_GATE_LABEL] == "enabled"


def test_a_mesh_namespace_carries_the_tag_and_no_other_injection_label() -> None:
    found = labels(namespaces.mesh_namespace("shop", "stable", "baseline"))
    assert found[names.REVISION_LABEL] == "stable"
    assert names.INJECTION_LABEL not in found
    assert found[names.POD_SECURITY_LABEL] == "baseline"
    assert found[namespaces.POD_SECURITY_WARNING] == "restricted"


def test_the_contract_says_what_a_team_may_rely_on() -> None:
    shop = namespace(name="shop", editors=(ANA,), calls=("web/cart",))
    gateway = Gateway(hosts=("shop/www.example.org", "web/*.example.org", "shop/api.example.org"))
    settings = stack(shop, namespace(name="web", podSecurity="baseline"), gateways={"public": gateway})
    assert namespaces.contract(settings) == {
        "shop": {
            "podSecurity": "restricted",
            "principalPrefix": "cluster.local/ns/shop/sa/",
            "hosts": ["public/www.example.org", "public/api.example.org"],
            "calls": ["web/cart"],
            "editorsGroup": "istio-eks:shop:editors",
        },
        "web": {
            "podSecurity": "baseline",
            "principalPrefix": "cluster.local/ns/web/sa/",
            "hosts": ["public/*.example.org"],
            "calls": [],
            "editorsGroup": None,
        },
    }


def test_load_balancers_of_a_team_are_counted() -> None:
    [quota] = [
        each
        for each in namespaces.mesh_objects(namespace(name="shop", loadBalancers=2))
        if each["kind"] == "ResourceQuota"
    ]
    assert quota["spec"]["hard"] == {"services.loadbalancers": "2"}
