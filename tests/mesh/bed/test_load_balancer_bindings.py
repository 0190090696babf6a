"""The controller's part with a real API server: bindings, gates, deregistration. Only kubelets are missing."""

import http.client
from collections.abc import Iterator
from typing import Any

import pytest

from components.gateways import objects
from components.gateways import plan as gateways
from components.namespaces import plan as namespaces
from components.settings import Gateway, names
from local.control_plane.api import Api
from local.control_plane.control_plane import ControlPlane
from local.nlb import endpoints, load_balancer, network
from local.nlb.bindings import API_VERSION, FINALIZER, KIND
from local.nlb.visitor import Visitor
from local.node import nodes
from local.node.node_objects import NodePlan
from local.providers.kubernetes.target_group_binding import DEFINITION
from tests.support.mesh import entrances, planes
from tests.support.mesh.answering_pods import Pod
from tests.support.mesh.entrances import Entrance
from tests.support.mesh.planes import soon
from tests.support.unit.mesh_settings import mesh

NODE = NodePlan(name="node", labels={}, taints=(), instance_type="m6i.large", zone="us-west-2a", region="us-west-2")
URL = "http://shop.example.com/"
PLAN = gateways.plan("public", Gateway(hosts=("bookinfo/*",)), mesh())
WHERE = PLAN.workload
# What the gateway's Service selects.
LABELS = {"istio": WHERE}


class Cluster:
    """A control plane with the gateway's namespace, and a running entrance."""

    def __init__(self, api: Api, way: Entrance, pods: list[Pod]) -> None:
        self.api, self.way, self._pods = api, way, pods

    def bind(self) -> str:
        """The binding that the program makes; its name."""
        manifest = objects.binding(PLAN, PLAN.listeners[0], self.way.group)
        self.api.apply(manifest, field_manager="pulumi")
        return str(manifest["metadata"]["name"])

    def pod(self, name: str, number: int) -> Pod:
        """A pod that runs, with its containers ready; ready itself if it waits for no gate."""
        address = f"10.244.1.{number}"
        spec = {
            "nodeName": "node",
            "terminationGracePeriodSeconds": 150,
            "containers": [{"name": "istio-proxy", "image": "proxyv2", "securityContext": _restricted()}],
            "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        }
        manifest = planes.pod(name, WHERE, **spec)
        manifest["metadata"]["labels"] = LABELS
        self.api.create(manifest)
        self._pods.append(Pod(address, 80))
        self.tell(name, "ContainersReady", "True", phase="Running", podIP=address, podIPs=[{"ip": address}])
        if not self.gates(name):
            self.tell(name, "Ready", "True")
        return self._pods[-1]

    def tell(self, name: str, condition: str, status: str, **more: Any) -> None:
        """What a kubelet would."""
        conditions = [{"type": condition, "status": status}]
        manifest = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": WHERE}}
        self.api.patch_status(manifest | {"status": {"conditions": conditions, **more}})

    def gates(self, name: str) -> list[str]:
        return [each["conditionType"] for each in self._pod(name)["spec"].get("readinessGates", [])]

    def condition(self, name: str, type_: str) -> dict[str, str]:
        return endpoints.condition_of(self._pod(name), type_)

    def state(self, pod: Pod) -> str | None:
        return self.way.state(pod)

    def _pod(self, name: str) -> dict[str, Any]:
        found = self.api.get("v1", "Pod", name, WHERE)
        assert found
        return found


def _restricted() -> dict[str, Any]:
    return {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}


@pytest.fixture(scope="module")
def plane(plane: ControlPlane) -> ControlPlane:
    nodes.register(plane.api, NODE)
    return plane


@pytest.fixture
def cluster(plane: ControlPlane) -> Iterator[Cluster]:
    pods: list[Pod] = []
    api = plane.api
    with entrances.account() as prepared, load_balancer.running(prepared.session, api, registration=20) as balancers:
        # Later than the entrance, as the engine makes them.
        api.apply(DEFINITION, field_manager="pulumi")
        api.create(namespaces.gateway_namespace("public"))
        assert soon(lambda: api.get("v1", "ServiceAccount", "default", WHERE) is not None)
        api.create(_service())
        yield Cluster(api, prepared.seen_by(balancers), pods)
        for each in api.list(API_VERSION, KIND, WHERE):
            api.delete(API_VERSION, KIND, each["metadata"]["name"], WHERE, wait=20)
        for each in api.list("v1", "Pod", WHERE):
            api.delete("v1", "Pod", each["metadata"]["name"], WHERE, grace=0)
        api.delete("v1", "Namespace", WHERE, wait=60)
    for pod in pods:
        pod.close()


def _service() -> dict[str, Any]:
    ports = [{"name": "http2", "port": 80, "targetPort": 80, "protocol": "TCP"}]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": WHERE, "namespace": WHERE},
        "spec": {"selector": LABELS, "ports": ports},
    }


def test_a_gateways_life(cluster: Cluster) -> None:
    """First pods without a gate, later ones with; a rollout; the binding's end."""
    first = cluster.pod("first", 1)
    assert cluster.gates("first") == []
    name = cluster.bind()
    gate = f"target-health.elbv2.k8s.aws/{name}"
    assert soon(lambda: cluster.state(first) == "healthy")
    assert cluster.condition("first", gate) == {}
    with Visitor(network.VISITORS.format(9)) as visitor:
        assert visitor.get(URL, at=cluster.way.address).body.startswith(first.address)

        # The binding exists from the moment the webhook knows of it.
        second = cluster.pod("second", 2)
        assert cluster.gates("second") == [gate]
        assert soon(lambda: cluster.condition("second", gate).get("status") == "False")
        assert cluster.condition("second", gate)["reason"].startswith("Elb.")
        assert soon(lambda: cluster.condition("second", gate).get("status") == "True")
        assert cluster.state(second) == "healthy"

        # As the kubelet: it ends only after its preStop, but is no endpoint from now on.
        cluster.api.delete("v1", "Pod", "first", WHERE)
        assert soon(lambda: cluster.state(first) == "draining", within=3)
        assert cluster.state(second) == "healthy"

        binding = cluster.api.get(API_VERSION, KIND, name, WHERE)
        assert binding
        assert binding["metadata"]["finalizers"] == [FINALIZER]
        cluster.api.delete(API_VERSION, KIND, name, WHERE, wait=10)
        assert soon(lambda: cluster.state(second) != "healthy")
        assert cluster.way.registered() == frozenset()
        cluster.pod("third", 3)
        assert cluster.gates("third") == []


def test_a_pod_waits_as_long_as_the_balancer_does_not_reach_it(cluster: Cluster) -> None:
    name = cluster.bind()
    gate = f"target-health.elbv2.k8s.aws/{name}"
    assert soon(
        lambda: FINALIZER in (cluster.api.get(API_VERSION, KIND, name, WHERE) or {})["metadata"].get("finalizers", [])
    )
    pod = cluster.pod("waiting", 4)
    pod.status = 503
    assert soon(lambda: cluster.condition("waiting", gate).get("reason") == "Target.FailedHealthChecks")
    assert cluster.condition("waiting", gate)["status"] == "False"
    pod.status = 200
    assert soon(lambda: cluster.condition("waiting", gate).get("status") == "True")
    # What others say of the pod stays.
    assert cluster.condition("waiting", "ContainersReady")["status"] == "True"


def test_a_binding_to_a_service_that_comes_later(cluster: Cluster) -> None:
    cluster.api.delete("v1", "Service", WHERE, WHERE)
    pod = cluster.pod("early", 5)
    cluster.bind()
    with pytest.raises((OSError, http.client.HTTPException)), Visitor(network.VISITORS.format(8)) as visitor:
        visitor.get(URL, at=cluster.way.address)
    assert cluster.state(pod) is None
    cluster.api.create(_service())
    assert soon(lambda: cluster.state(pod) == "healthy")


def test_pods_of_other_namespaces_get_no_gate(cluster: Cluster, plane: ControlPlane) -> None:
    cluster.bind()
    where = planes.namespace(plane.api, "elsewhere")
    manifest = planes.pod("other", where)
    manifest["metadata"]["labels"] = LABELS
    assert "readinessGates" not in plane.api.create(manifest)["spec"]
    assert names.READINESS_GATE_LABEL not in (plane.api.get("v1", "Namespace", where) or {})["metadata"]["labels"]
