"""The control plane is a real one: what controllers, scheduler, proxy and admission do follows from objects alone."""

import threading

import pytest
import urllib3

from local.control_plane.api import Api
from local.control_plane.api_errors import ApiRefusedError
from local.control_plane.control_plane import CommandFailedError, ControlPlane
from local.control_plane.network import SERVICE_ADDRESS
from local.control_plane.programs import ISSUER
from local.node import nodes
from local.node.node_objects import NodePlan
from tests.support.mesh.planes import Manifest, deployment, namespace, pod, soon

NODE = NodePlan(name="node", labels={}, taints=(), instance_type="m6i.large", zone="us-west-2a", region="us-west-2")


@pytest.fixture(scope="module")
def plane(plane: ControlPlane) -> ControlPlane:
    nodes.register(plane.api, NODE)
    return plane


@pytest.fixture
def api(plane: ControlPlane) -> Api:
    return plane.api


def pods(api: Api, where: str) -> list[Manifest]:
    return api.list("v1", "Pod", where)


def config_map(name: str, where: str, **data: str) -> Manifest:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": where}, "data": data}


def test_a_deployment_gets_its_pods_on_a_node_and_takes_them_along(api: Api) -> None:
    where = namespace(api, "deployed")
    api.create(deployment("web", where, replicas=2))
    assert soon(lambda: [each["spec"].get("nodeName") for each in pods(api, where)] == ["node", "node"])
    api.delete("apps/v1", "Deployment", "web", where)
    # Nobody plays a kubelet here, which says when they have ended.
    assert soon(lambda: all("deletionTimestamp" in each["metadata"] for each in pods(api, where)))


def test_a_pod_that_fits_nowhere_waits_and_says_why(api: Api) -> None:
    where = namespace(api, "unplaced")
    greedy = {"name": "main", "image": "none", "resources": {"requests": {"cpu": "3"}}}
    api.create(pod("greedy", where, containers=[greedy]))

    def reason() -> str:
        conditions = api.list("v1", "Pod", where)[0].get("status", {}).get("conditions", [])
        return " ".join(each.get("message", "") for each in conditions)

    assert soon(lambda: "Insufficient cpu" in reason())


def test_a_service_leads_to_ready_pods_only(api: Api) -> None:
    where = namespace(api, "served")
    service = {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 8080}]}
    api.create(
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": where}, "spec": service}
    )
    api.create(pod("web", where))

    def endpoints() -> list[tuple[str, bool]]:
        slices = api.list("discovery.k8s.io/v1", "EndpointSlice", where, labels="kubernetes.io/service-name=web")
        found = [each for slice_ in slices for each in slice_.get("endpoints") or ()]
        return [(each["addresses"][0], each["conditions"]["ready"]) for each in found]

    for ready in (False, True):
        condition = {"type": "Ready", "status": str(ready)}
        status = {
            "phase": "Running",
            "podIPs": [{"ip": "10.244.9.9"}],
            "podIP": "10.244.9.9",
            "conditions": [condition],
        }
        api.patch_status(pod("web", where) | {"status": status})
        assert soon(lambda ready=ready: endpoints() == [("10.244.9.9", ready)])  # type: ignore[misc]


def test_the_api_server_is_a_service_that_the_proxy_leads_to(plane: ControlPlane) -> None:
    with urllib3.PoolManager(ca_certs=str(plane.folder / "keys" / "ca.crt"), retries=False) as pool:
        assert pool.request("GET", f"https://{SERVICE_ADDRESS}/readyz", timeout=5).data == b"ok"


def test_an_autoscaler_keeps_its_minimum_without_metrics(api: Api) -> None:
    where = namespace(api, "scaled")
    api.create(deployment("web", where, replicas=1))
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    scaler = {"scaleTargetRef": target, "minReplicas": 3, "maxReplicas": 5}
    metadata = {"name": "web", "namespace": where}
    api.create(
        {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": metadata, "spec": scaler}
    )
    assert soon(lambda: len(pods(api, where)) == 3)


def test_a_namespace_has_what_pods_need_and_goes_with_all_that_is_in_it(api: Api) -> None:
    where = namespace(api, "left")
    assert soon(lambda: api.get("v1", "ConfigMap", "kube-root-ca.crt", where) is not None)
    api.create(config_map("kept", where, a="b"))
    assert api.delete("v1", "Namespace", where, wait=30)
    assert not api.delete("v1", "Namespace", where)


def test_what_holds_up_an_end_is_said(api: Api) -> None:
    where = namespace(api, "held")
    held = config_map("held", where)
    held["metadata"]["finalizers"] = ["example.com/nobody"]
    api.create(held)
    with pytest.raises(TimeoutError, match=r"finalizer example\.com/nobody"):
        api.delete("v1", "ConfigMap", "held", where, wait=0.3)
    api.patch(config_map("held", where) | {"metadata": {"name": "held", "namespace": where, "finalizers": None}})
    assert soon(lambda: api.get("v1", "ConfigMap", "held", where) is None)


def test_pod_security_is_enforced(api: Api) -> None:
    where = namespace(api, "restricted", **{"pod-security.kubernetes.io/enforce": "restricted"})
    with pytest.raises(ApiRefusedError, match="violates PodSecurity") as refusal:
        api.create(pod("loose", where))
    assert refusal.value.reason == "Forbidden"


@pytest.mark.parametrize("dry_run", [False, True])
def test_unknown_fields_are_refused(api: Api, dry_run: bool) -> None:
    wrong = config_map("wrong", "default") | {"dat": {}}
    with pytest.raises(ApiRefusedError, match=r'unknown field "dat"'):
        api.create(wrong, dry_run=dry_run)
    with pytest.raises(ApiRefusedError, match=r"\.dat: field not declared in schema"):
        api.apply(wrong, field_manager="test", dry_run=dry_run)
    assert api.get("v1", "ConfigMap", "wrong", "default") is None


def test_a_dry_run_keeps_nothing(api: Api) -> None:
    assert api.apply(config_map("tried", "default", a="b"), field_manager="test", dry_run=True)["data"] == {"a": "b"}
    assert api.get("v1", "ConfigMap", "tried", "default") is None


def test_fields_of_another_manager_are_taken_by_force_only(api: Api) -> None:
    api.apply(config_map("shared", "default", a="ours"), field_manager="ours")
    with pytest.raises(ApiRefusedError, match='conflict with "ours"') as refusal:
        api.apply(config_map("shared", "default", a="theirs"), field_manager="theirs")
    assert refusal.value.conflict
    taken = api.apply(config_map("shared", "default", a="theirs"), field_manager="theirs", force=True)
    assert taken["data"] == {"a": "theirs"}


def test_a_kind_that_is_not_there_is_refused_and_known_once_it_is(api: Api) -> None:
    assert not api.knows("example.com/v1", "Thing")
    with pytest.raises(ApiRefusedError, match='no matches for kind "Thing"') as refusal:
        api.get("example.com/v1", "Thing", "one")
    assert refusal.value.missing
    names = {"kind": "Thing", "plural": "things"}
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    version = {"name": "v1", "served": True, "storage": True, "schema": schema}
    definition = {"group": "example.com", "names": names, "scope": "Namespaced", "versions": [version]}
    api.create(
        {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": "things.example.com"},
            "spec": definition,
        }
    )
    assert soon(lambda: api.knows("example.com/v1", "Thing"))
    thing = {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "one"}}
    api.create(thing | {"size": 1})
    assert api.patch(thing | {"size": None, "colour": "red"})["colour"] == "red"
    assert "size" not in (api.get("example.com/v1", "Thing", "one", "default") or {"size": 1})


def test_roles_decide_what_a_service_account_may(api: Api) -> None:
    where = namespace(api, "roles")
    account = api.as_user(f"system:serviceaccount:{where}:default")
    with pytest.raises(ApiRefusedError, match="cannot list resource"):
        account.list("v1", "Secret", where)
    subject = {"kind": "ServiceAccount", "name": "default", "namespace": where}
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "edit"}
    api.create(
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "RoleBinding",
            "metadata": {"name": "edit", "namespace": where},
            "roleRef": role,
            "subjects": [subject],
        }
    )
    assert soon(lambda: _may(account, where))


def _may(account: Api, where: str) -> bool:
    try:
        return account.list("v1", "Secret", where) == []
    except ApiRefusedError:
        return False


@pytest.mark.parametrize(("asked", "known"), [("istio-ca", True), ("somebody-else", False)])
def test_a_token_is_good_for_its_audience(plane: ControlPlane, asked: str, known: bool) -> None:
    token = plane.token("default", "default", "istio-ca")
    review = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "metadata": {"name": ""}}
    answer = plane.api.create(review | {"spec": {"token": token, "audiences": [asked]}})["status"]
    assert answer.get("authenticated", False) is known
    assert answer.get("user", {}).get("username") == ("system:serviceaccount:default:default" if known else None)


@pytest.mark.parametrize(("audience", "status"), [("istio-ca", 401), (ISSUER, 403)])
def test_a_token_for_somebody_else_does_not_open_the_api_server(
    plane: ControlPlane, audience: str, status: int
) -> None:
    headers = {"Authorization": f"Bearer {plane.token('default', 'default', audience)}"}
    with urllib3.PoolManager(ca_certs=str(plane.folder / "keys" / "ca.crt"), retries=False) as pool:
        assert pool.request("GET", f"{plane.api.url}/api/v1/secrets", headers=headers).status == status


def test_kubectl_works_and_complains(plane: ControlPlane) -> None:
    plane.kubectl("apply", "-f", "-", input='{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "typed"}}')
    assert plane.kubectl("get", "namespace", "typed", "-o", "name").strip() == "namespace/typed"
    with pytest.raises(CommandFailedError, match='namespaces "nowhere" not found'):
        plane.kubectl("get", "namespace", "nowhere")


def test_a_watch_misses_nothing_while_the_api_server_is_away(plane: ControlPlane) -> None:
    where = namespace(plane.api, "watched")
    seen: list[tuple[str, str]] = []
    watch = plane.api.watch("v1", "ConfigMap", where, fields="metadata.name!=kube-root-ca.crt")

    def noting() -> None:
        for type_, each in watch:
            seen.append((type_, each["metadata"]["name"]))

    thread = threading.Thread(target=noting)
    thread.start()
    try:
        plane.api.create(config_map("before", where))
        assert soon(lambda: ("ADDED", "before") in seen)
        plane.restart("kube-apiserver")
        plane.api.delete("v1", "ConfigMap", "before", where)
        plane.api.create(config_map("after", where))
        assert soon(lambda: len(seen) == 3)
    finally:
        watch.stop()
        thread.join(5)
    assert seen == [("ADDED", "before"), ("DELETED", "before"), ("ADDED", "after")]
    assert not thread.is_alive()
