"""The taint that keeps app pods off a node until istio-cni is ready there: istiod takes it off, and nobody before."""

import itertools
from collections.abc import Iterator
from dataclasses import replace

import pytest

from components.cluster import nodes
from components.settings import names
from local.control_plane.api import Api
from local.control_plane.api_connection import Manifest
from local.node import nodes as joining
from local.node.node_objects import NodePlan
from local.world import callers
from local.world.mesh import Mesh
from tests.support.mesh import injected, meshes

TAINT = nodes.NOT_READY_TAINT
AGENTS = "k8s-app=istio-cni-node"
OS = "kubernetes.io/os"
WAITING = "waiting"
_NUMBERS = itertools.count(1)


@pytest.fixture
def late(dev: Mesh) -> Iterator[str]:
    """One more node of the group `apps`, on which nobody starts istio-cni yet: no DaemonSet's pod comes there."""
    # Agents of a node that left may be ready for a moment longer, and would count for another of its name.
    api, name = dev.control_plane.api, f"late-{next(_NUMBERS)}"
    joining.register(api, plan(dev, name, {OS: "unknown"}))
    try:
        yield name
    finally:
        api.delete("v1", "Pod", WAITING, names.BOOKINFO, grace=0, wait=30)
        joining.leave(api, name)


def plan(mesh: Mesh, name: str, labels: dict[str, str]) -> NodePlan:
    """As the group's others."""
    plans = joining.from_groups(mesh.world.account.session).values()
    apps = next(each for each in plans if each.labels.get(nodes.GROUP_LABEL) == nodes.APPS)
    return replace(apps, name=name, labels={**apps.labels, **labels})


def taints(api: Api, name: str) -> list[str]:
    found = api.get("v1", "Node", name)
    assert found, name
    return [each["key"] for each in found["spec"].get("taints", ())]


def pods_on(api: Api, name: str) -> list[Manifest]:
    return api.list("v1", "Pod", fields=f"spec.nodeName={name}")


def since(pod: Manifest, condition: str) -> str:
    return next(str(each["lastTransitionTime"]) for each in pod["status"]["conditions"] if each["type"] == condition)


def test_nodes_of_apps_join_with_the_taint_and_lose_it(stack: Mesh) -> None:
    api = stack.control_plane.api
    plans = joining.from_groups(stack.world.account.session)
    apps = {name for name, plan in plans.items() if TAINT in plan.taints}
    assert apps
    assert apps == {name for name, plan in plans.items() if plan.labels[nodes.GROUP_LABEL] == nodes.APPS}
    for name in apps:
        assert taints(api, name) == []


def test_no_app_pod_was_placed_before_istio_cni_was_ready_on_its_node(stack: Mesh) -> None:
    api = stack.control_plane.api
    ready = {
        each["spec"]["nodeName"]: since(each, "Ready") for each in api.list("v1", "Pod", names.ISTIO_CNI, labels=AGENTS)
    }
    placed = [each for each in api.list("v1", "Pod", names.BOOKINFO) if "deletionTimestamp" not in each["metadata"]]
    assert placed
    early = [each for each in placed if since(each, "PodScheduled") < ready[each["spec"]["nodeName"]]]
    assert [each["metadata"]["name"] for each in early] == []


def test_a_pod_waits_for_istio_cni_on_a_new_node(dev: Mesh, late: str) -> None:
    api = dev.control_plane.api
    pod = callers.manifest(names.BOOKINFO, WAITING)
    pod["spec"]["nodeSelector"] = {"kubernetes.io/hostname": late}
    api.create(pod)
    meshes.eventually(lambda: _unschedulable(api))
    assert (taints(api, late), pods_on(api, late)) == ([TAINT.key], [])

    # Now the agent's DaemonSet finds the node.
    api.patch({"apiVersion": "v1", "kind": "Node", "metadata": {"name": late, "labels": {OS: "linux"}}})
    meshes.eventually(lambda: _runs(api))
    assert taints(api, late) == []
    (agent,) = [each for each in pods_on(api, late) if each["metadata"]["namespace"] == names.ISTIO_CNI]
    assert since(agent, "Ready") <= since(waiting(api), "PodScheduled")
    assert injected.revision(waiting(api))


def test_a_node_whose_agent_never_comes_keeps_the_taint(dev: Mesh, late: str) -> None:
    """Negative control: others get rid of theirs meanwhile, so it is the agent that counts."""
    api = dev.control_plane.api
    joining.register(api, plan(dev, "other", {}))
    try:
        meshes.eventually(lambda: _untainted(api, "other"))
        assert taints(api, late) == [TAINT.key]
    finally:
        joining.leave(api, "other")


def waiting(api: Api) -> Manifest:
    found = api.get("v1", "Pod", WAITING, names.BOOKINFO)
    assert found
    return found


def _unschedulable(api: Api) -> None:
    conditions = waiting(api)["status"].get("conditions", ())
    reasons = [each.get("message", "") for each in conditions if each["type"] == "PodScheduled"]
    assert any("untolerated taint" in each for each in reasons), reasons


def _runs(api: Api) -> None:
    assert callers.ready(waiting(api))


def _untainted(api: Api, name: str) -> None:
    assert taints(api, name) == []
