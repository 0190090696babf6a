"""The kubernetes stand-in refuses and replaces as provider and API server do."""

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any

import grpc  # type: ignore[import-untyped]
import pytest
from pulumi.runtime.proto import provider_pb2 as proto

from local.providers.kubernetes.kept_cluster import Cluster
from local.providers.kubernetes.provider import RELEASE, SECRET, Kubernetes
from local.providers.protocol import wire
from ops.diff.tables.unknown import UNKNOWN
from tests.support.days import NOON
from tests.support.unit.provider_client import Client, Made, connected

CONFIG = {"kubeconfig": '{"clusters": []}', "enableSecretMutable": "true", "enableConfigMapMutable": "true"}
NAMESPACE = "kubernetes:core/v1:Namespace"
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
BINDING = "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding"
GATEWAY = "kubernetes:networking.istio.io/v1:Gateway"


@pytest.fixture
def stand_in() -> Kubernetes:
    return Kubernetes(cluster=Cluster(lambda: NOON))


@pytest.fixture
def engine(stand_in: Kubernetes) -> Iterator[Client]:
    with connected(stand_in, CONFIG) as client:
        yield client


def manifest(type_: str, name: str, namespace: str = "", **fields: Any) -> dict[str, Any]:
    _, module, kind = type_.split(":")
    metadata = {"name": name} | ({"namespace": namespace} if namespace else {})
    return {"apiVersion": module.removeprefix("core/"), "kind": kind, "metadata": metadata, **fields}


def apply(engine: Client, type_: str, name: str, namespace: str = "", **fields: Any) -> Made:
    return engine.create(type_, name, manifest(type_, name, namespace, **fields))


def install(engine: Client, chart: str, namespace: str = "kube-system", **fields: Any) -> Made:
    inputs = {"name": chart, "chart": chart, "namespace": namespace, "version": "1.2.3", **fields}
    return engine.create(RELEASE, chart, inputs)


def secret(engine: Client, **data: str) -> Made:
    return apply(engine, SECRET, "cacerts", "default", type="Opaque", stringData=data)


def changed(made: Made, **fields: Any) -> dict[str, Any]:
    return wire.read(made.inputs).plain | fields


def test_an_object_keeps_its_uid_for_life(engine: Client) -> None:
    made = apply(engine, NAMESPACE, "mesh")
    labelled = changed(made, metadata={"name": "mesh", "labels": {"a": "b"}})
    after = engine.update(made, labelled)

    assert made.plain["metadata"]["uid"] == after.plain["metadata"]["uid"]
    assert after.plain["metadata"]["labels"] == {"a": "b"}
    assert made.plain["metadata"]["resourceVersion"] != after.plain["metadata"]["resourceVersion"]


def test_data_of_a_secret_is_encoded_and_secret(engine: Client) -> None:
    made = secret(engine, key="value")

    assert made.plain["data"] == {"key": base64.b64encode(b"value").decode()}
    assert made.secrets == {("data",), ("stringData",)}


@pytest.mark.parametrize(
    ("setting", "replaces"),
    [({}, ["stringData"]), ({"enableSecretMutable": "true"}, [])],
    ids=["by default", "mutable"],
)
def test_data_of_a_secret_replaces_it_unless_the_provider_allows_otherwise(
    stand_in: Kubernetes, setting: Mapping[str, str], replaces: list[str]
) -> None:
    with connected(stand_in, {"kubeconfig": "{}", **setting}) as engine:
        made = secret(engine, key="old")
        answer = engine.diff(made, changed(made, stringData={"key": "new"}))

    assert answer.changes == proto.DiffResponse.DIFF_SOME
    assert list(answer.replaces) == replaces
    # The name is fixed: the new one can only be made when the old one is gone.
    assert answer.deleteBeforeReplace == bool(replaces)


def test_the_type_of_a_secret_always_replaces_it(engine: Client) -> None:
    made = secret(engine)

    assert engine.replaces(made, changed(made, type="kubernetes.io/tls")) == ["type"]


@pytest.mark.parametrize(("setting", "replaces"), [({}, ["data"]), ({"enableConfigMapMutable": "true"}, [])])
def test_config_maps_have_a_setting_of_their_own(
    stand_in: Kubernetes, setting: Mapping[str, str], replaces: list[str]
) -> None:
    with connected(stand_in, {"kubeconfig": "{}", "enableSecretMutable": "true", **setting}) as engine:
        made = apply(engine, CONFIG_MAP, "c", data={"a": "1"})

        assert engine.replaces(made, changed(made, data={"a": "2"})) == replaces


@pytest.mark.parametrize(
    ("type_", "before", "after", "replaces"),
    [
        ("kubernetes:apps/v1:Deployment", {"selector": {"a": "b"}}, {"selector": {"a": "c"}}, ["spec"]),
        ("kubernetes:apps/v1:Deployment", {"replicas": 1}, {"replicas": 2}, []),
        ("kubernetes:core/v1:Service", {"clusterIP": "1"}, {"clusterIP": "2"}, ["spec"]),
        ("kubernetes:core/v1:Service", {"type": "ClusterIP"}, {"type": "NodePort"}, []),
        ("kubernetes:policy/v1:PodDisruptionBudget", {"minAvailable": 1}, {"minAvailable": 2}, []),
    ],
)
def test_what_cannot_change_in_place_replaces(
    engine: Client, type_: str, before: dict[str, Any], after: dict[str, Any], replaces: list[str]
) -> None:
    made = apply(engine, type_, "x", spec=before)

    assert engine.replaces(made, changed(made, spec=after)) == replaces


def test_a_binding_to_another_role_is_another_binding(engine: Client) -> None:
    made = apply(engine, "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", "x", roleRef={"name": "a"}, subjects=[])

    assert engine.replaces(made, changed(made, roleRef={"name": "b"})) == ["roleRef"]
    assert engine.replaces(made, changed(made, subjects=[{"name": "c"}])) == []


@pytest.mark.parametrize("metadata", [{"name": "other"}, {"name": "mesh", "namespace": "kube-system"}])
def test_a_moved_object_is_made_before_the_old_one_goes(engine: Client, metadata: dict[str, str]) -> None:
    made = apply(engine, CONFIG_MAP, "mesh")
    answer = engine.diff(made, changed(made, metadata=metadata))

    assert list(answer.replaces) == ["metadata"]
    assert not answer.deleteBeforeReplace


def refused(engine: Client, message: str, type_: str, name: str, namespace: str = "") -> None:
    with pytest.raises(grpc.RpcError, match=message):
        apply(engine, type_, name, namespace)


def test_nothing_exists_twice(engine: Client) -> None:
    apply(engine, CONFIG_MAP, "c")

    refused(engine, 'configmaps "c" already exists', CONFIG_MAP, "c")
    refused(engine, 'namespaces "kube-system" already exists', NAMESPACE, "kube-system")


def test_nothing_is_made_in_a_namespace_that_is_missing(engine: Client) -> None:
    refused(engine, 'namespaces "mesh" not found', CONFIG_MAP, "c", "mesh")

    apply(engine, NAMESPACE, "mesh")
    assert apply(engine, CONFIG_MAP, "c", "mesh").id == "mesh/c"


@pytest.mark.parametrize(("type_", "chart"), [(GATEWAY, "base"), (BINDING, "aws-load-balancer-controller")])
def test_custom_resources_need_the_release_that_brings_their_crds(engine: Client, type_: str, chart: str) -> None:
    kind = type_.rpartition(":")[2]
    refused(engine, f'no matches for kind "{kind}"', type_, "x")

    release = install(engine, chart)
    engine.delete(apply(engine, type_, "x"))
    engine.delete(release)
    # Helm leaves CRDs behind.
    assert apply(engine, type_, "x").id == "default/x"


def test_a_group_nobody_knows_is_refused(engine: Client) -> None:
    refused(engine, 'no matches for kind "Thing" in version "example.com/v1"', "kubernetes:example.com/v1:Thing", "x")


def test_a_binding_is_gone_only_while_its_controller_runs(engine: Client, stand_in: Kubernetes) -> None:
    controller = install(engine, "aws-load-balancer-controller")
    apply(engine, NAMESPACE, "gateway")
    namespace = apply(engine, NAMESPACE, "other")
    binding = apply(engine, BINDING, "b", "other")
    engine.delete(controller)

    for doomed in (binding, namespace):
        with pytest.raises(grpc.RpcError, match="TargetGroupBinding other/b is never gone"):
            engine.delete(doomed)

    install(engine, "aws-load-balancer-controller")
    engine.delete(binding)
    engine.delete(namespace)
    assert [str(each) for each in stand_in.leftovers()] == ["gateway", "kube-system/aws-load-balancer-controller"]


def test_a_namespace_takes_what_is_in_it_and_that_is_told(engine: Client, stand_in: Kubernetes) -> None:
    namespace = apply(engine, NAMESPACE, "mesh")
    apply(engine, CONFIG_MAP, "c", "mesh")
    install(engine, "istiod", "mesh")
    engine.delete(namespace)

    assert stand_in.cluster.swept == ["ConfigMap mesh/c", "Release mesh/istiod"]
    assert stand_in.leftovers() == []


def test_what_is_gone_already_is_deleted_without_complaint(engine: Client) -> None:
    made = apply(engine, CONFIG_MAP, "c")
    engine.delete(made)

    engine.delete(made)
    with pytest.raises(grpc.RpcError, match='configmaps "c" not found'):
        engine.update(made, changed(made))


def test_a_release_is_deployed_upgraded_and_removed(engine: Client, stand_in: Kubernetes) -> None:
    made = install(engine, "istiod", values={"a": 1})
    after = engine.update(made, changed(made, values={"a": 2}))

    assert made.id == "kube-system/istiod"
    assert made.plain["status"] == {
        "appVersion": "1.2.3",
        "chart": "istiod",
        "name": "istiod",
        "namespace": "kube-system",
        "revision": 1,
        "status": "deployed",
        "version": "1.2.3",
    }
    assert after.plain["status"]["revision"] == 2
    assert stand_in.cluster.releases()["kube-system/istiod"]["values"] == {"a": 2}

    engine.delete(after)
    with pytest.raises(grpc.RpcError, match="release: not found"):
        engine.delete(after)


def test_only_name_and_namespace_replace_a_release(engine: Client) -> None:
    made = install(engine, "istiod")

    assert engine.replaces(made, changed(made, version="2", values={"a": 1}, chart="other")) == []
    assert engine.replaces(made, changed(made, name="other", namespace="default")) == ["name", "namespace"]
    assert not engine.diff(made, changed(made, namespace="default")).deleteBeforeReplace


def test_secret_values_of_a_release_stay_secret_alone(engine: Client) -> None:
    inputs = {"name": "x", "chart": "x", "namespace": "default", "values": {"a": "1", "b": "2"}}
    made = engine.create(RELEASE, "x", inputs, secrets=(("values", "b"),))

    assert made.secrets == {("values", "b")}


@pytest.mark.parametrize(
    ("chart", "namespace", "message"),
    [
        ("istiod", "kube-system", "cannot re-use a name"),
        ("base", "missing", 'namespaces "missing" not found'),
    ],
)
def test_a_release_that_helm_would_refuse_is_refused(engine: Client, chart: str, namespace: str, message: str) -> None:
    install(engine, "istiod")

    with pytest.raises(grpc.RpcError, match=message):
        install(engine, chart, namespace)


def test_gateway_pods_wait_for_istiod(engine: Client) -> None:
    with pytest.raises(grpc.RpcError, match="wait for istiod"):
        install(engine, "gateway")

    install(engine, "istiod")
    install(engine, "gateway")


def test_a_preview_touches_nothing(engine: Client, stand_in: Kubernetes) -> None:
    planned = engine.create(SECRET, "s", manifest(SECRET, "s", "missing", stringData=UNKNOWN), preview=True)

    assert planned.plain["metadata"] == {"name": "s", "namespace": "missing"}
    assert stand_in.leftovers() == []


def test_an_object_without_a_name_is_refused(engine: Client) -> None:
    nameless = manifest(CONFIG_MAP, "c") | {"metadata": {"labels": {}}}

    assert [failure.property for failure in engine.check(CONFIG_MAP, "c", nameless).failures] == ["metadata.name"]
    assert list(engine.check(CONFIG_MAP, "c", nameless | {"metadata": UNKNOWN}).failures) == []


def test_without_a_kubeconfig_no_cluster_is_reached(stand_in: Kubernetes) -> None:
    with connected(stand_in) as engine:
        refused(engine, "unreachable", CONFIG_MAP, "c")


def kubeconfig(server: str) -> str:
    return json.dumps({"clusters": [{"cluster": {"server": server}}], "users": []})


@pytest.mark.parametrize(
    ("olds", "news", "replaces"),
    [
        ({"clusterIdentifier": "a", "kubeconfig": "{}"}, {"clusterIdentifier": "a", "kubeconfig": "x"}, False),
        ({"clusterIdentifier": "a"}, {"clusterIdentifier": "b"}, True),
        ({"kubeconfig": kubeconfig("a")}, {"kubeconfig": kubeconfig("b")}, True),
        ({"kubeconfig": kubeconfig("a")}, {"kubeconfig": kubeconfig("a") + " "}, False),
        ({"enableSecretMutable": "true"}, {"enableSecretMutable": "false"}, False),
        ({"clusterIdentifier": "a", "kubeconfig": "x"}, {"clusterIdentifier": "a", "kubeconfig": UNKNOWN}, True),
    ],
)
def test_only_another_cluster_replaces_what_is_in_it(
    engine: Client, olds: dict[str, Any], news: dict[str, Any], replaces: bool
) -> None:
    answer = engine.stub.DiffConfig(proto.DiffRequest(old_inputs=wire.write(olds), news=wire.write(news)))

    assert answer.changes == proto.DiffResponse.DIFF_SOME
    assert bool(answer.replaces) == replaces
