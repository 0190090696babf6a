"""Releases by real helm on a real API server, as the provider leaves them: also when they fail or helm is killed."""

import json
import os
import re
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc  # type: ignore[import-untyped]
import pytest
import yaml
from google.protobuf.empty_pb2 import Empty

from local.control_plane.control_plane import ControlPlane
from local.processes import poll
from local.providers.kubernetes.api_cluster import ApiCluster
from local.providers.kubernetes.helm_command import HelmFailedError
from local.providers.kubernetes.provider import RELEASE, Kubernetes
from local.providers.protocol import wire
from tests.support import needs
from tests.support.unit import unlock
from tests.support.unit.provider_client import Client, Made, connected

CONFIG = {"kubeconfig": "{}"}
# One object and one workload, which is ready with no replicas and never with one: there is no node here.
CHART = {"apiVersion": "v2", "name": "small", "version": "0.1.0", "appVersion": "7"}
MAP = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "{{ .Release.Name }}"}}
WORKLOAD = """
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}}}
    spec: {containers: [{name: app, image: none}]}
"""


@pytest.fixture(scope="module")
def cluster(plane: ControlPlane, tmp_path_factory: pytest.TempPathFactory) -> ApiCluster:
    needs.tool("helm")
    chart = tmp_path_factory.mktemp("small")
    (chart / "templates").mkdir()
    (chart / "Chart.yaml").write_text(yaml.safe_dump(CHART))
    (chart / "values.yaml").write_text("replicas: 0\nsaid: nothing\n")
    given = MAP | {"data": {"said": "{{ .Values.said }}"}}
    (chart / "templates" / "map.yaml").write_text(yaml.safe_dump(given))
    (chart / "templates" / "workload.yaml").write_text(WORKLOAD)
    charts = needs.istio_charts() | {"small": chart}
    return ApiCluster(plane, tmp_path_factory.mktemp("cluster"), charts=charts)


@pytest.fixture(scope="module")
def engine(cluster: ApiCluster) -> Iterator[Client]:
    with connected(Kubernetes(cluster=cluster), CONFIG) as client:
        yield client


def install(engine: Client, name: str, chart: str = "small", **fields: Any) -> Made:
    inputs = {"name": name, "chart": chart, "namespace": "default", "version": "1.31.1", "timeout": 3, **fields}
    return engine.create(RELEASE, name, inputs)


def changed(made: Made, **values: Any) -> dict[str, Any]:
    return wire.read(made.inputs).plain | {"values": values}


def said(plane: ControlPlane, name: str) -> str | None:
    found = plane.api.get("v1", "ConfigMap", name, "default")
    return str(found["data"]["said"]) if found else None


def test_a_release_is_installed_upgraded_and_removed(engine: Client, plane: ControlPlane, cluster: ApiCluster) -> None:
    made = install(engine, "whole", values={"said": "first"})
    assert made.id == "default/whole"
    assert made.plain["status"] == {
        "appVersion": "7",
        "chart": "small",
        "name": "whole",
        "namespace": "default",
        "revision": 1,
        "status": "deployed",
        "version": "0.1.0",
    }
    assert said(plane, "whole") == "first"

    after = engine.update(made, changed(made, said="second"))
    assert (after.plain["status"]["revision"], said(plane, "whole")) == (2, "second")
    with pytest.raises(grpc.RpcError, match="cannot re-use a name that is still in use"):
        install(engine, "whole")
    assert "default/whole" in cluster.releases()

    engine.delete(after)
    assert said(plane, "whole") is None
    with pytest.raises(grpc.RpcError, match="release: not found"):
        engine.delete(after)


def test_a_release_that_does_not_become_ready_is_kept_and_says_why(engine: Client, cluster: ApiCluster) -> None:
    with pytest.raises(grpc.RpcError, match='Helm release "default/late" was created, but failed') as late:
        install(engine, "late", values={"replicas": 1})
    reasons = str(late.value.details())
    assert "context deadline exceeded" in reasons
    assert "Unschedulable: no nodes available" in reasons
    assert cluster.releases()["default/late"]["status"] == "failed"

    inputs = {"name": "late", "chart": "small", "namespace": "default", "timeout": 3}
    kept = Made(type=RELEASE, name="late", id="default/late", inputs=wire.write(inputs), outputs=wire.write(inputs))
    with pytest.raises(grpc.RpcError, match='Helm release "default/late" failed to initialize completely'):
        engine.update(kept, inputs | {"values": {"replicas": 2}})
    mended = engine.update(kept, inputs | {"values": {"replicas": 0}})
    assert mended.plain["status"]["revision"] == 3
    engine.delete(mended)


def test_what_helm_does_not_begin_leaves_no_release(engine: Client, cluster: ApiCluster) -> None:
    with pytest.raises(grpc.RpcError, match='namespaces "nowhere" not found'):
        install(engine, "nothing", namespace="nowhere")
    with pytest.raises(grpc.RpcError, match="chart other is not here"):
        install(engine, "nothing", "other")

    assert not [each for each in cluster.releases() if "nothing" in each]


def killed(engine: Client, cluster: ApiCluster, name: str, pending: str, begin: Any) -> None:
    with ThreadPoolExecutor(1) as other:
        doomed = other.submit(begin)
        assert poll(lambda: cluster.releases().get(f"default/{name}", {}).get("status") == pending, within=10)
        (pid,) = cluster.helm.running
        os.kill(pid, signal.SIGKILL)
        # As when the provider is killed: the engine gets nothing to keep.
        with pytest.raises(grpc.RpcError, match="ended with status -9") as gone:
            doomed.result()
        assert "Helm release" not in str(gone.value.details())


def test_what_a_killed_helm_leaves_is_refused_with_helms_own_words_until_it_is_freed(
    engine: Client, cluster: ApiCluster
) -> None:
    """The way out of docs/pipelines.md."""
    made = install(engine, "upgraded")
    never = {"replicas": 1}
    news = changed(made, **never) | {"timeout": 60}
    killed(
        engine, cluster, "installed", "pending-install", lambda: install(engine, "installed", values=never, timeout=60)
    )
    killed(engine, cluster, "upgraded", "pending-upgrade", lambda: engine.update(made, news))

    helm, here = cluster.helm.run, ("--namespace", "default")
    assert pending(cluster) == ["installed", "upgraded"]
    with pytest.raises(grpc.RpcError, match=unlock.REUSED):
        install(engine, "installed")
    with pytest.raises(HelmFailedError):
        helm("rollback", *here, "installed")
    helm("uninstall", *here, "installed")
    assert install(engine, "installed").plain["status"]["status"] == "deployed"

    with pytest.raises(grpc.RpcError, match=re.escape(unlock.IN_PROGRESS)):
        engine.update(made, changed(made))
    helm("rollback", *here, "upgraded")
    assert engine.update(made, changed(made)).plain["status"]["status"] == "deployed"
    assert pending(cluster) == []


def pending(cluster: ApiCluster) -> list[str]:
    """Names, as helm lists them."""
    rows = json.loads(cluster.helm.run("list", "--all-namespaces", "--pending", "-o", "json"))
    return sorted(each["name"] for each in rows)


def test_an_interrupted_engine_leaves_a_failed_release(engine: Client, cluster: ApiCluster) -> None:
    with ThreadPoolExecutor(1) as other:
        stopped = other.submit(install, engine, "stopped", values={"replicas": 1}, timeout=60)
        assert poll(lambda: "default/stopped" in cluster.releases(), within=10)
        engine.stub.Cancel(Empty())
        with pytest.raises(grpc.RpcError, match="was created, but failed"):
            stopped.result(30)

    assert cluster.releases()["default/stopped"]["status"] == "failed"


def test_istios_kinds_come_with_the_base_chart_and_stay(engine: Client, plane: ControlPlane) -> None:
    plane.api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "istio-system"}})
    made = install(engine, "istio-base", "base", namespace="istio-system", timeout=60)
    inputs = {
        "apiVersion": "networking.istio.io/v1",
        "kind": "Gateway",
        "metadata": {"name": "g", "namespace": "default"},
        "spec": {"selector": {"istio": "g"}, "servers": []},
    }
    gateway = engine.create("kubernetes:networking.istio.io/v1:Gateway", "g", inputs)

    assert gateway.id == "default/g"
    engine.delete(made)
    engine.delete(gateway)
    assert plane.api.knows("networking.istio.io/v1", "Gateway")


def test_istiod_is_told_that_its_proxies_are_upstream_envoy(engine: Client, plane: ControlPlane) -> None:
    plane.api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "upstream"}})
    values = {"revision": "r", "global": {"hub": "h", "tag": "t", "istioNamespace": "upstream"}}
    made = install(engine, "istiod-r", "istiod", namespace="upstream", values=values, skipAwait=True)

    (pod,) = [each["spec"]["template"]["spec"] for each in plane.api.list("apps/v1", "Deployment", "upstream")]
    environment = {each["name"]: each.get("value") for each in pod["containers"][0]["env"]}
    assert environment["PILOT_ENABLE_METADATA_EXCHANGE"] == "false"
    assert environment["PILOT_ENABLE_ALPN_FILTER"] == "false"
    mesh = plane.api.get("v1", "ConfigMap", "istio-r", "upstream")
    assert mesh is not None
    assert "prometheus" not in mesh["data"]["mesh"]
    assert wire.read(made.outputs).plain["values"] == values
    engine.delete(made)
