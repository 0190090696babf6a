"""Pod Security admission of the API server, as the namespaces' labels set it: it lets in what we run, and no more."""

from collections.abc import Iterator
from typing import Any

import pytest

from components.settings import names
from local.control_plane.api import Api
from local.control_plane.api_connection import Manifest
from local.control_plane.api_errors import ApiRefusedError
from local.world.mesh import Mesh
from tests.support.mesh import live

WORKLOADS = ("Deployment", "DaemonSet")
# By what it asks for: changes of the first container, and of the pod.
TOO_MUCH: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "privileged": ({"privileged": True, "allowPrivilegeEscalation": True}, {}),
    "root": ({"runAsUser": 0, "runAsNonRoot": False}, {}),
    "capabilities": ({"capabilities": {"drop": ["ALL"], "add": ["NET_ADMIN"]}}, {}),
    "seccomp": ({"seccompProfile": {"type": "Unconfined"}}, {}),
    "host processes": ({}, {"hostPID": True}),
    "host path": ({}, {"volumes": [{"name": "host", "hostPath": {"path": "/"}}]}),
}


def templates(api: Api) -> Iterator[Manifest]:
    """A Pod of every workload there is."""
    for kind in WORKLOADS:
        for workload in api.list("apps/v1", kind):
            yield pod(workload)


def pod(workload: Manifest) -> Manifest:
    metadata, template = workload["metadata"], workload["spec"]["template"]
    given = {key: template["metadata"].get(key) or {} for key in ("labels", "annotations")}
    placed = {"name": f"{metadata['name']}-tried", "namespace": metadata["namespace"], **given}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": placed, "spec": template["spec"]}


def asking_for(pod: Manifest, container: dict[str, Any], whole: dict[str, Any]) -> Manifest:
    """The same pod with more rights."""
    spec = pod["spec"]
    first, *others = spec["containers"]
    changed = {**first, "securityContext": {**first.get("securityContext", {}), **container}}
    volumes = [*spec.get("volumes", ()), *whole.get("volumes", ())]
    return {**pod, "spec": {**spec, **whole, "containers": [changed, *others], "volumes": volumes}}


def refusal(api: Api, pod: Manifest) -> str:
    try:
        api.create(pod, dry_run=True)
    except ApiRefusedError as refused:
        return str(refused)
    return ""


def one(api: Api, kind: str, name: str, namespace: str) -> Manifest:
    found = api.get("apps/v1", kind, name, namespace)
    assert found, name
    return pod(found)


def test_every_namespace_of_ours_is_restricted_but_that_of_istio_cni(stack: Mesh) -> None:
    labels = {
        each["metadata"]["name"]: each["metadata"]["labels"] for each in stack.control_plane.api.list("v1", "Namespace")
    }
    levels = {name: each[names.POD_SECURITY_LABEL] for name, each in labels.items() if names.POD_SECURITY_LABEL in each}
    assert levels.pop(names.ISTIO_CNI) == "privileged"
    assert {names.ISTIO_SYSTEM, names.BOOKINFO, "gateway-public"} <= set(levels)
    assert set(levels.values()) == {"restricted"}


def test_a_pod_of_every_template_is_admitted(stack: Mesh) -> None:
    api = stack.control_plane.api
    found = list(templates(api))
    assert {each["metadata"]["namespace"] for each in found} == {
        names.ISTIO_SYSTEM,
        names.ISTIO_CNI,
        names.BOOKINFO,
        "gateway-public",
    }
    assert {each["metadata"]["name"]: refusal(api, each) for each in found if refusal(api, each)} == {}


@pytest.mark.parametrize("more", TOO_MUCH)
def test_the_same_pod_that_asks_for_more_is_refused(stack: Mesh, more: str) -> None:
    api = stack.control_plane.api
    for each in templates(api):
        if each["metadata"]["namespace"] != names.ISTIO_CNI:
            said = refusal(api, asking_for(each, *TOO_MUCH[more]))
            assert 'violates PodSecurity "restricted:latest"' in said, each["metadata"]


def test_the_agent_of_istio_cni_could_stand_nowhere_else(stack: Mesh) -> None:
    api = stack.control_plane.api
    agent = one(api, "DaemonSet", "istio-cni-node", names.ISTIO_CNI)
    # Its ServiceAccount is not there; admission of pods comes to that first.
    spec = {key: value for key, value in agent["spec"].items() if not key.startswith("serviceAccount")}
    elsewhere = {**agent, "metadata": {**agent["metadata"], "namespace": names.ISTIO_SYSTEM}, "spec": spec}
    assert 'violates PodSecurity "restricted:latest"' in refusal(api, elsewhere)


def test_without_the_namespaces_label_a_privileged_pod_would_get_in(stack: Mesh) -> None:
    """So it is the label that keeps it out."""
    api = stack.control_plane.api
    privileged = asking_for(one(api, "Deployment", "ratings-v1", names.BOOKINFO), *TOO_MUCH["privileged"])
    assert "violates PodSecurity" in refusal(api, privileged)
    with live.with_labels(stack, names.BOOKINFO, {names.POD_SECURITY_LABEL: None}):
        assert refusal(api, privileged) == ""
    assert "violates PodSecurity" in refusal(api, privileged)
