"""The kubernetes stand-in in front of a real API server does with objects what the provider does."""

import base64
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc  # type: ignore[import-untyped]
import pytest
from google.protobuf.empty_pb2 import Empty

from local.control_plane.control_plane import ControlPlane
from local.providers.kubernetes.api_cluster import ApiCluster
from local.providers.kubernetes.field_manager import FIELD_MANAGER
from local.providers.kubernetes.provider import SECRET, Kubernetes
from local.providers.protocol import wire
from tests.support import needs
from tests.support.mesh import planes
from tests.support.unit.provider_client import Client, Made, connected

CONFIG = {"kubeconfig": "{}", "enableSecretMutable": "true", "enableConfigMapMutable": "true"}
NAMESPACE = "kubernetes:core/v1:Namespace"
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
SERVICE = "kubernetes:core/v1:Service"
QUOTA = "kubernetes:core/v1:ResourceQuota"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
BINDING = "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding"
CONTROLLER = "aws-load-balancer-controller"
NEVER = "kubernetes:example.com/v1:Thing"
# Long enough for what happens here, short for what never does.
PATIENCE = 4.0


@pytest.fixture(scope="module")
def cluster(plane: ControlPlane, tmp_path_factory: pytest.TempPathFactory) -> ApiCluster:
    needs.tool("helm")
    return ApiCluster(plane, tmp_path_factory.mktemp("cluster"), charts={}, patience=PATIENCE)


@pytest.fixture(scope="module")
def engine(cluster: ApiCluster) -> Iterator[Client]:
    with connected(Kubernetes(cluster=cluster), CONFIG) as client:
        yield client


@pytest.fixture
def namespace(engine: Client, plane: ControlPlane, request: pytest.FixtureRequest) -> Iterator[str]:
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower())[-60:].strip("-")
    apply(engine, NAMESPACE, name)
    yield name
    # Takes seconds, and nobody waits for it.
    plane.api.delete("v1", "Namespace", name)


def manifest(type_: str, name: str, namespace: str = "", **fields: Any) -> dict[str, Any]:
    _, module, kind = type_.split(":")
    metadata = {"name": name, "labels": {"made": "first"}} | ({"namespace": namespace} if namespace else {})
    return {"apiVersion": module.removeprefix("core/"), "kind": kind, "metadata": metadata, **fields}


def apply(engine: Client, type_: str, name: str, namespace: str = "", **fields: Any) -> Made:
    return engine.create(type_, name, manifest(type_, name, namespace, **fields))


def changed(made: Made, **fields: Any) -> dict[str, Any]:
    return wire.read(made.inputs).plain | fields


def deployment(replicas: int, **spec: Any) -> dict[str, Any]:
    labels = {"app": "small"}
    pod = {"containers": [{"name": "app", "image": "none"}]}
    template = {"metadata": {"labels": labels}, "spec": pod}
    return {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template, **spec}


def live(plane: ControlPlane, kind: str, name: str, namespace: str, api_version: str = "v1") -> dict[str, Any]:
    found = plane.api.get(api_version, kind, name, namespace)
    assert found is not None
    return found


def test_an_object_is_updated_in_place_by_one_manager_of_its_own(
    engine: Client, plane: ControlPlane, namespace: str
) -> None:
    made = apply(engine, CONFIG_MAP, "c", namespace, data={"a": "1", "b": "1"})
    other = apply(engine, CONFIG_MAP, "d", namespace)
    after = engine.update(made, changed(made, data={"a": "2"}))
    found = live(plane, "ConfigMap", "c", namespace)

    assert made.id == f"{namespace}/c"
    assert after.plain["metadata"]["uid"] == made.plain["metadata"]["uid"] == found["metadata"]["uid"]
    assert found["data"] == {"a": "2"}
    assert made.plain[FIELD_MANAGER] == after.plain[FIELD_MANAGER] != other.plain[FIELD_MANAGER]
    assert [(each["manager"], each["operation"]) for each in found["metadata"]["managedFields"]] == [
        (made.plain[FIELD_MANAGER], "Apply")
    ]
    assert made.plain[FIELD_MANAGER].startswith("pulumi-kubernetes-")


def test_keys_of_a_secret_come_and_go_in_place(engine: Client, plane: ControlPlane, namespace: str) -> None:
    made = apply(engine, SECRET, "s", namespace, type="Opaque", stringData={"old": "1", "stays": "1"})
    news = changed(made, stringData={"new": "2", "stays": "1"})

    assert engine.replaces(made, news) == []
    after = engine.update(made, news)
    found = live(plane, "Secret", "s", namespace)
    assert found["data"] == {"new": base64.b64encode(b"2").decode(), "stays": base64.b64encode(b"1").decode()}
    assert after.plain["metadata"]["uid"] == made.plain["metadata"]["uid"]
    assert after.secrets == {("data",), ("stringData",)}


def test_an_immutable_secret_is_refused_an_update_by_the_api_server(
    engine: Client, plane: ControlPlane, namespace: str
) -> None:
    made = apply(engine, SECRET, "s", namespace, stringData={"key": "the old value"})
    frozen = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": namespace}}
    plane.api.patch(frozen | {"immutable": True})

    with pytest.raises(grpc.RpcError, match="field is immutable when `immutable` is set") as refused:
        engine.update(made, changed(made, stringData={"key": "the new value"}))
    assert "value" not in str(refused.value.details()).replace("Invalid value", "")


def test_what_exists_already_is_refused_and_stays(engine: Client, plane: ControlPlane, namespace: str) -> None:
    there = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "namespace": namespace}}
    plane.api.create(there | {"data": {"a": "theirs"}})

    with pytest.raises(grpc.RpcError, match=r'was not successfully created .*: configmaps "c" already exists'):
        apply(engine, CONFIG_MAP, "c", namespace, data={"a": "ours"})
    assert live(plane, "ConfigMap", "c", namespace)["data"] == {"a": "theirs"}


def test_a_field_of_another_manager_is_a_conflict_unless_it_is_forced(
    engine: Client, plane: ControlPlane, namespace: str
) -> None:
    made = apply(engine, CONFIG_MAP, "c", namespace, data={"a": "ours"})
    theirs = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "namespace": namespace}}
    plane.api.apply(theirs | {"data": {"a": "theirs"}}, field_manager="somebody", force=True)

    news = changed(made, data={"a": "new"})
    with pytest.raises(grpc.RpcError, match=r"(?s)field conflict detected.*conflict with \"somebody\".*\.data\.a"):
        engine.update(made, news)
    news["metadata"] |= {"annotations": {"pulumi.com/patchForce": "true"}}
    engine.update(made, news)
    assert live(plane, "ConfigMap", "c", namespace)["data"] == {"a": "new"}


@pytest.mark.parametrize("preview", [False, True])
def test_an_unknown_field_is_refused(engine: Client, namespace: str, preview: bool) -> None:
    wrong = manifest(SERVICE, "s", namespace, spec={"ports": [{"port": 80}], "clusterIp": "None"})

    with pytest.raises(grpc.RpcError, match="clusterIp"):
        engine.create(SERVICE, "s", wrong, preview=preview)


def test_no_value_of_a_secret_is_told(engine: Client, namespace: str) -> None:
    value = "hunter2-hunter2"
    wrong = manifest(SECRET, "s", namespace, type=value, stringData={"key": value}, data={"other": value})

    with pytest.raises(grpc.RpcError) as refused:
        engine.create(SECRET, "s", wrong)
    assert value not in str(refused.value)
    made = apply(engine, SECRET, "s", namespace, stringData={"key": value})
    with pytest.raises(grpc.RpcError) as refused:
        engine.update(made, changed(made, type=value))
    assert value not in str(refused.value)


def test_a_preview_asks_and_does_nothing(engine: Client, plane: ControlPlane, namespace: str) -> None:
    made = apply(engine, SERVICE, "s", namespace, spec={"ports": [{"port": 80}]})

    engine.create(CONFIG_MAP, "c", manifest(CONFIG_MAP, "c", namespace), preview=True)
    engine.create(CONFIG_MAP, "c", manifest(CONFIG_MAP, "c", "not-there-yet"), preview=True)
    engine.create(NEVER, "t", manifest(NEVER, "t", namespace), preview=True)
    engine.create(SERVICE, "s", manifest(SERVICE, "s", namespace, spec={"ports": [{"port": 80}]}), preview=True)
    with pytest.raises(grpc.RpcError, match=r"Preview failed: .*spec\.ports\[0\]\.port"):
        engine.update(made, changed(made, spec={"ports": [{"port": 70000}]}), preview=True)
    assert plane.api.get("v1", "ConfigMap", "c", namespace) is None
    assert live(plane, "Service", "s", namespace)["spec"]["ports"][0]["port"] == 80


def test_a_deployment_is_awaited_and_says_what_its_pods_lack(
    engine: Client, cluster: ApiCluster, plane: ControlPlane, namespace: str
) -> None:
    made = apply(engine, DEPLOYMENT, "none", namespace, spec=deployment(0))
    assert made.plain["status"]["observedGeneration"] == 1

    with pytest.raises(grpc.RpcError, match="'none' timed out waiting to be Ready") as late:
        engine.update(made, changed(made, spec=deployment(1)))
    said = str(late.value.details())
    assert "Minimum number of live Pods was not attained" in said
    assert "Unschedulable: no nodes available" in said
    assert plane.api.list("v1", "Pod", namespace)
    # What is made and not ready is kept, and taken down like all else.
    assert any(each.kind == "Deployment" for each in cluster.leftovers())
    engine.delete(made)
    assert plane.api.list("v1", "Pod", namespace) == []


def test_a_refused_pod_is_told_with_the_policy_that_refuses_it(engine: Client, plane: ControlPlane) -> None:
    strict = manifest(NAMESPACE, "strict")
    strict["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] = "restricted"
    engine.create(NAMESPACE, "strict", strict)

    with pytest.raises(grpc.RpcError, match=r'(?s)ReplicaFailure|violates PodSecurity "restricted'):
        apply(engine, DEPLOYMENT, "none", "strict", spec=deployment(1))
    plane.api.delete("v1", "Namespace", "strict")


def test_a_service_waits_for_endpoints(engine: Client, plane: ControlPlane, namespace: str) -> None:
    ports = {"ports": [{"port": 80}]}
    with pytest.raises(grpc.RpcError, match="Service does not target any Pods"):
        apply(engine, SERVICE, "nobody", namespace, spec={"selector": {"app": "nobody"}, **ports})
    apply(engine, SERVICE, "headless", namespace, spec={"selector": {"app": "nobody"}, "clusterIP": "None", **ports})

    labels = {"kubernetes.io/service-name": "somebody"}
    plane.api.create(
        {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": {"name": "somebody-1", "namespace": namespace, "labels": labels},
            "addressType": "IPv4",
            "endpoints": [{"addresses": ["10.244.1.2"]}],
        }
    )
    apply(engine, SERVICE, "somebody", namespace, spec={"selector": {"app": "nobody"}, **ports})


def test_an_interrupted_engine_waits_no_longer(plane: ControlPlane, tmp_path: Path, namespace: str) -> None:
    cluster = ApiCluster(plane, tmp_path, charts={})
    with connected(Kubernetes(cluster=cluster), CONFIG) as engine, ThreadPoolExecutor(1) as other:
        waiting = other.submit(apply, engine, DEPLOYMENT, "none", namespace, spec=deployment(1))
        assert planes.soon(lambda: bool(plane.api.list("v1", "Pod", namespace)))
        engine.stub.Cancel(Empty())
        with pytest.raises(grpc.RpcError, match="'none' timed out waiting to be Ready"):
            waiting.result(PATIENCE)


def test_a_quota_is_awaited(engine: Client, namespace: str) -> None:
    made = apply(engine, QUOTA, "q", namespace, spec={"hard": {"pods": "1"}})

    assert made.plain["status"]["hard"] == {"pods": "1"}


def test_a_namespace_is_gone_when_it_is_deleted_with_what_nobody_deleted(plane: ControlPlane, tmp_path: Path) -> None:
    cluster = ApiCluster(plane, tmp_path, charts={})
    with connected(Kubernetes(cluster=cluster), CONFIG) as engine:
        namespace = apply(engine, NAMESPACE, "doomed")
        apply(engine, CONFIG_MAP, "c", "doomed")
        engine.delete(namespace)

        assert plane.api.get("v1", "Namespace", "doomed") is None
        assert cluster.swept == ["ConfigMap doomed/c"]
        assert cluster.leftovers() == []
        engine.delete(namespace)


def test_what_cannot_go_says_what_keeps_it(engine: Client, plane: ControlPlane, namespace: str) -> None:
    made = apply(engine, CONFIG_MAP, "c", namespace)
    held = {"apiVersion": "v1", "kind": "ConfigMap"}
    metadata: dict[str, Any] = {"name": "c", "namespace": namespace}
    plane.api.patch(held | {"metadata": metadata | {"finalizers": ["example.com/held"]}})

    with pytest.raises(grpc.RpcError, match=r"Timed out waiting for deletion .*\(example.com/held\)"):
        engine.delete(made)
    plane.api.patch(held | {"metadata": metadata | {"finalizers": None}})
    engine.delete(made)


def test_the_namespace_of_an_object_may_come_a_little_later(engine: Client, plane: ControlPlane) -> None:
    with ThreadPoolExecutor(1) as other:
        made = other.submit(apply, engine, CONFIG_MAP, "c", "late")
        time.sleep(0.3)
        plane.api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "late"}})
        assert made.result().id == "late/c"

    with pytest.raises(grpc.RpcError, match='namespaces "nowhere" not found'):
        apply(engine, CONFIG_MAP, "c", "nowhere")


def test_bindings_are_served_once_the_controller_is_recorded(
    engine: Client, plane: ControlPlane, cluster: ApiCluster, namespace: str
) -> None:
    spec = {"targetGroupARN": "arn", "targetType": "ip", "serviceRef": {"name": "s", "port": "http2"}}
    inputs = {"name": CONTROLLER, "chart": CONTROLLER, "namespace": "kube-system", "version": "1.2.3"}
    release = engine.create("kubernetes:helm.sh/v3:Release", CONTROLLER, inputs)
    made = apply(engine, BINDING, "b", namespace, spec=spec)

    assert release.plain["status"]["status"] == "deployed"
    assert "kube-system/aws-load-balancer-controller" in cluster.releases()
    with pytest.raises(grpc.RpcError, match=r"\.spec\.networking: field not declared"):
        apply(engine, BINDING, "other", namespace, spec=spec | {"networking": {}})
    assert made.id == f"{namespace}/b"
    engine.delete(release)
    assert plane.api.knows("elbv2.k8s.aws/v1beta1", "TargetGroupBinding")
