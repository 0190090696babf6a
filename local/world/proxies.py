"""Pods of a mesh that have a proxy, and what their Envoys are asked."""

from collections.abc import Mapping
from typing import Any

from local.control_plane.api_connection import Manifest
from local.node.interception import PROXY
from local.world import callers
from local.world.mesh import Mesh

# Namespace and name.
Pod = tuple[str, str]


def sidecar(pod: Mapping[str, Any]) -> Manifest | None:
    """Return the container of a pod's proxy, wherever it runs in the pod."""
    spec = pod["spec"]
    found = [each for each in [*spec.get("initContainers", ()), *spec["containers"]] if each["name"] == PROXY]
    return found[0] if found else None


def all_of(mesh: Mesh) -> list[Pod]:
    """Return every pod that has a proxy and is not being deleted; there is at least one."""
    found = [_name(each) for each in _stay(mesh)]
    assert found, "of no proxy everything holds"
    return found


def ready(mesh: Mesh) -> list[Pod]:
    """Return the ready ones, in order."""
    return sorted(_name(each) for each in _stay(mesh) if callers.ready(each))


def ask(mesh: Mesh, namespace: str, pod: str, path: str, method: str = "GET") -> str:
    """Return the answer of a proxy's admin interface."""
    done = mesh.kubelet.exec(namespace, pod, PROXY, ["pilot-agent", "request", method, path])
    assert done.returncode == 0, done.stderr
    return done.stdout


def _stay(mesh: Mesh) -> list[Manifest]:
    found = mesh.control_plane.api.list("v1", "Pod", labels="service.istio.io/canonical-name")
    return [each for each in found if sidecar(each) and "deletionTimestamp" not in each["metadata"]]


def _name(pod: Manifest) -> Pod:
    return pod["metadata"]["namespace"], pod["metadata"]["name"]
