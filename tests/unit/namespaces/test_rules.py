"""Namespaces of the system, of gateways and of app teams."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from components.istio import policy
from components.istio.system_namespaces import system_namespaces
from components.namespaces import editors, egress
from components.namespaces import plan as namespaces
from components.namespaces.component import MeshNamespace, MeshNamespaceArgs
from components.settings import Bookinfo, Cluster, Gateway, Namespace, Settings, names
from components.settings.registry import Context
from components.stack import rules
from tests.support.days import TODAY
from tests.support.unit import harness
from tests.support.unit.mesh_settings import mesh

ANA = "arn:aws:iam::123456789012:role/teams/ana"
BEN = "arn:aws:iam::123456789012:role/ben"


def namespace(name: str, **changes: Any) -> Namespace:
    """A namespace with the given keys of the stack file."""
    return Namespace.model_validate_json(json.dumps({"name": name, **changes}))


def stack(*listed: Namespace, **changes: Any) -> Settings:
    return Settings(mesh=mesh(), namespaces=listed, **changes)


def problems(settings: Settings) -> dict[str, str]:
    """Reason by key, over every rule of namespaces."""
    asked = Context(settings=settings, region="us-west-2", today=TODAY)
    return {found.key: found.reason for found in rules.problems(asked, subjects={"namespaces"})}


def labels(manifest: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = manifest["metadata"]["labels"]
    return found


class TestLabels:
    def test_every_namespace_with_mesh_objects_is_seen_by_istiod(self) -> None:
        istio_system, _ = system_namespaces()
        seen = [istio_system, namespaces.gateway_namespace("public"), namespaces.mesh_namespace("shop", "stable")]
        for manifest in seen:
            assert labels(manifest)[names.DISCOVERY_KEY] == names.DISCOVERY_VALUE

    def test_only_istio_cni_is_privileged(self) -> None:
        istio_system, istio_cni = system_namespaces()
        assert istio_cni["metadata"]["name"] == names.ISTIO_CNI
        assert labels(istio_cni)[names.POD_SECURITY_LABEL] == "privileged"
        others = [istio_system, namespaces.gateway_namespace("public"), namespaces.mesh_namespace("shop", "stable")]
        assert {labels(other)[names.POD_SECURITY_LABEL] for other in others} == {"restricted"}

    def test_a_gateway_pod_chooses_its_revision_itself(self) -> None:
        found = labels(namespaces.gateway_namespace("public"))
        assert names.REVISION_LABEL not in found
        assert found[names.READINESS_GATE_LABEL] == "enabled"

    def test_a_mesh_namespace_carries_the_tag_and_no_other_injection_label(self) -> None:
        found = labels(namespaces.mesh_namespace("shop", "stable", "baseline"))
        assert found[names.REVISION_LABEL] == "stable"
        assert names.INJECTION_LABEL not in found
        assert found[names.POD_SECURITY_LABEL] == "baseline"
        assert found[namespaces.POD_SECURITY_WARNING] == "restricted"


class TestEgress:
    def objects(self, *calls: str, api: bool = False) -> list[dict[str, Any]]:
        return list(egress.objects(namespace(name="shop", calls=calls, kubernetesApi=api)))

    def test_without_calls_the_default_scope_stays(self) -> None:
        assert self.objects() == []

    def test_a_call_inside_adds_to_the_default_scope(self) -> None:
        [sidecar] = self.objects("web/cart", "stock/*", "web/cart")
        assert sidecar["metadata"] == {"name": "default", "namespace": "shop"}
        [listener] = sidecar["spec"]["egress"]
        assert listener["hosts"] == [*policy.SCOPE, "web/cart.web.svc.cluster.local", "stock/*"]

    @pytest.mark.parametrize(("port", "protocol"), [(80, "HTTP"), (443, "TLS"), (5432, "TCP")])
    def test_a_call_outside_is_known_to_this_namespace_only(self, port: int, protocol: str) -> None:
        [entry] = self.objects(f"api.example.org:{port}")
        assert entry["spec"] == {
            "hosts": ["api.example.org"],
            "ports": [{"number": port, "name": f"{protocol.lower()}-{port}", "protocol": protocol}],
            "resolution": "DNS",
            "location": "MESH_EXTERNAL",
            "exportTo": ["."],
        }

    def test_one_entry_a_host_with_all_its_ports(self) -> None:
        [entry] = self.objects("api.example.org:443", "api.example.org:80", "api.example.org:443")
        assert [port["number"] for port in entry["spec"]["ports"]] == [80, 443]

    def test_a_wildcard_goes_where_the_workload_meant_to(self) -> None:
        [entry] = self.objects("*.example.org:443")
        assert entry["spec"]["resolution"] == "NONE"
        assert entry["metadata"]["name"] == "hosts-example.org"

    def test_the_kubernetes_api_is_recognised_by_either_address_and_reached_by_name(self) -> None:
        entries = self.objects(api=True)
        assert [entry["spec"]["addresses"] for entry in entries] == [["172.20.0.1"], ["10.100.0.1"]]
        assert len({entry["spec"]["hosts"][0] for entry in entries}) == 2
        for entry in entries:
            assert entry["spec"]["endpoints"] == [{"address": "kubernetes.default.svc.cluster.local"}]
            assert entry["spec"]["ports"] == [{"number": 443, "name": "tcp-443", "protocol": "TCP"}]

    @limits(max_examples=50)
    @given(
        calls=st.lists(
            st.tuples(st.sampled_from(["a.example.org", "*.a.example.org", "s-a.example.org"]), st.integers(1, 65535))
        ),
        api=st.booleans(),
    )
    def test_no_two_objects_share_a_name_and_no_two_entries_a_host(
        self, calls: list[tuple[str, int]], api: bool
    ) -> None:
        entries = self.objects(*(f"{host}:{port}" for host, port in calls), api=api)
        assert len({entry["metadata"]["name"] for entry in entries}) == len(entries)
        assert len({entry["spec"]["hosts"][0] for entry in entries}) == len(entries)


class TestEditors:
    def test_a_principal_has_the_groups_of_all_its_namespaces(self) -> None:
        shop, web = namespace(name="shop", editors=(ANA, BEN)), namespace(name="web", editors=(ANA,))
        assert editors.groups([shop, web]) == {
            BEN: ("istio-eks:shop:editors",),
            ANA: ("istio-eks:shop:editors", "istio-eks:web:editors"),
        }

    def test_a_namespace_without_editors_grants_nothing(self) -> None:
        assert editors.objects(namespace(name="shop")) == ()

    def test_the_group_of_the_access_entry_is_bound_to_the_role(self) -> None:
        role, binding = editors.objects(namespace(name="shop", editors=(ANA,)))
        groups = editors.groups([namespace(name="shop", editors=(ANA,))])[ANA]
        assert [subject["name"] for subject in binding["subjects"]] == list(groups)
        assert binding["roleRef"]["name"] == role["metadata"]["name"]
        assert role["metadata"]["namespace"] == binding["metadata"]["namespace"] == "shop"

    @pytest.mark.parametrize(
        "resource",
        [
            "secrets",
            "pods/exec",
            "pods/portforward",
            "serviceaccounts/token",
            "namespaces",
            "roles",
            "rolebindings",
            "targetgroupbindings",
            "gateways",
            "envoyfilters",
            "*",
        ],
    )
    def test_what_editors_never_get(self, resource: str) -> None:
        granted = {name for _, resources, _ in editors.RULES for name in resources}
        assert resource not in granted
        assert "services" in granted

    def test_what_the_platform_decides_editors_may_only_read(self) -> None:
        read_only = {"sidecars", "serviceentries", "peerauthentications"}
        for _, resources, verbs in editors.RULES:
            if read_only & set(resources):
                assert set(verbs) == {"get", "list", "watch"}

    @pytest.mark.parametrize(
        ("group", "resource"),
        [
            ("apps", "deployments"),
            ("", "services"),
            ("networking.istio.io", "virtualservices"),
            ("networking.istio.io", "destinationrules"),
            ("security.istio.io", "authorizationpolicies"),
            ("security.istio.io", "requestauthentications"),
        ],
    )
    def test_what_editors_edit(self, group: str, resource: str) -> None:
        [verbs] = [verbs for api, resources, verbs in editors.RULES if api == group and resource in resources]
        assert {"create", "update", "patch", "delete"} <= set(verbs)


class TestComponent:
    shop = namespace(name="shop", editors=(ANA,), calls=("web/cart", "api.example.org:443"), kubernetesApi=True)

    def stack(self) -> harness.Stack:
        args = MeshNamespaceArgs(settings=self.shop, tag="stable")
        return harness.component(lambda: MeshNamespace("namespace-shop", args))

    def test_it_is_denied_by_default(self) -> None:
        denied = self.stack().kubernetes("AuthorizationPolicy", "deny-by-default", "shop")
        assert denied.inputs["spec"] == {}

    def test_nobody_opens_a_way_in_beside_the_gateways(self) -> None:
        quota = self.stack().kubernetes("ResourceQuota", "ways-in", "shop").inputs["spec"]["hard"]
        assert quota == {"services.loadbalancers": "0", "services.nodeports": "0"}

    def test_everything_in_it_waits_for_it(self) -> None:
        built = self.stack()
        itself = built.kubernetes("Namespace", "shop")
        inside = [node for node in built.nodes if node.inputs.get("metadata", {}).get("namespace") == "shop"]
        assert len(inside) == len(namespaces.mesh_objects(self.shop)) == 8
        assert all(node.reaches(itself) for node in inside)

    def test_its_objects_are_as_designed(self) -> None:
        built = self.stack()
        for manifest in (namespaces.mesh_namespace("shop", "stable"), *namespaces.mesh_objects(self.shop)):
            metadata = manifest["metadata"]
            assert built.kubernetes(manifest["kind"], metadata["name"], metadata.get("namespace")).inputs == manifest


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


class TestRules:
    def test_good_settings_pass(self) -> None:
        shop = namespace(
            name="shop",
            editors=(ANA,),
            kubernetesApi=True,
            calls=(
                "web/cart",
                "shop/*",
                "bookinfo/details",
                "gateway-public/*",
                "api.example.org:443",
                "*.example.org:80",
                "db.example.org:5432",
                "metrics.monitoring.svc.cluster.local:9090",
            ),
        )
        settings = stack(
            shop,
            namespace(name="web", editors=(ANA,)),
            gateways={"public": Gateway()},
            cluster=Cluster(admins=(BEN,)),
        )
        assert problems(settings) == {}

    def test_a_namespace_is_listed_once(self) -> None:
        found = problems(stack(namespace(name="shop"), namespace(name="web"), namespace(name="shop")))
        assert found == {
            "namespaces[2].name": "is namespaces[0] already: one namespace would have two owners.",
        }

    @pytest.mark.parametrize("name", ["kube-system", "istio-system", "gateway-public", "default", "bookinfo"])
    def test_names_that_are_taken(self, name: str) -> None:
        found = problems(stack(namespace(name=name)))
        assert found == {"namespaces[0].name": "is taken by Kubernetes, Istio or this stack."}

    def test_without_the_sample_its_name_is_free(self) -> None:
        assert problems(stack(namespace(name="bookinfo"), bookinfo=Bookinfo(enabled=False))) == {}

    @pytest.mark.parametrize(
        ("cluster", "where"),
        [
            (Cluster(deployer=ANA), "cluster.deployer"),
            (Cluster(admins=(ANA,)), "cluster.admins"),
            (Cluster(viewers=(ANA,)), "cluster.viewers"),
        ],
    )
    def test_an_editor_is_nothing_else(self, cluster: Cluster, where: str) -> None:
        found = problems(stack(namespace(name="shop", editors=(BEN, ANA)), cluster=cluster))
        assert list(found) == ["namespaces[0].editors[1]"]
        assert found["namespaces[0].editors[1]"].startswith(f"stands in {where} too: AWS keeps one access entry")

    @pytest.mark.parametrize(
        ("call", "reason"),
        [
            ("stock/api", "names stock, which is no namespace of the mesh"),
            ("bookinfo/details", "names bookinfo, which is no namespace of the mesh"),
            ("kube-system/kube-dns", "names kube-system, which is no namespace"),
            ("api.example.org:0", "has a port that does not exist"),
            ("api.example.org:65536", "has a port that does not exist"),
            ("*.example.org:5432", "is a wildcard on a port where the proxy sees no name"),
            ("10.0.0.7:5432", "is not the full DNS name of a host"),
            ("database:5432", "is not the full DNS name of a host"),
            ("*:443", "is not the full DNS name of a host"),
            ("*api.example.org:443", "is not the full DNS name of a host"),
            ("api..example.org:443", "is not the full DNS name of a host"),
            ("cart.shop.svc.cluster.local:80", "is a service of the mesh"),
            ("cart.shop.svc:80", "is a service of the mesh"),
        ],
    )
    def test_calls_that_lead_nowhere(self, call: str, reason: str) -> None:
        found = problems(stack(namespace(name="shop", calls=(call,)), bookinfo=Bookinfo(enabled=False)))
        assert list(found) == ["namespaces[0].calls[0]"]
        assert found["namespaces[0].calls[0]"].startswith(reason)


def test_load_balancers_of_a_team_are_counted() -> None:
    [quota] = [
        each
        for each in namespaces.mesh_objects(namespace(name="shop", loadBalancers=2))
        if each["kind"] == "ResourceQuota"
    ]
    assert quota["spec"]["hard"] == {"services.loadbalancers": "2"}
