"""Pods to ask from, and what a refusal looks like from there."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from local.control_plane.api_connection import Manifest
from local.processes import poll
from local.world import callers
from local.world.callers import Caller, Reply
from local.world.mesh import Mesh
from tests.support.mesh import live

PORT = 9080
# One path of each service of Bookinfo that answers a GET.
PATHS = {
    "productpage": "/productpage",
    "details": "/details/0",
    "reviews": "/reviews/0",
    "ratings": "/ratings/0",
}


@contextmanager
def caller(
    mesh: Mesh,
    namespace: str,
    name: str,
    *,
    service_account: str = "default",
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
) -> Iterator[Caller]:
    """A pod that asks while the block runs."""
    api = mesh.control_plane.api
    made = Caller(api=api, kubelet=mesh.kubelet, namespace=namespace, name=name)
    try:
        yield callers.start(
            api,
            mesh.kubelet,
            namespace,
            name,
            service_account=service_account,
            labels=labels,
            annotations=annotations,
        )
    finally:
        made.remove()


def insider(mesh: Mesh, service: str) -> Caller:
    """The first pod of a service of Bookinfo itself."""
    api = mesh.control_plane.api
    pod = api.list("v1", "Pod", "bookinfo", labels=f"app={service}")[0]
    name = pod["metadata"]["name"]
    return Caller(api=api, kubelet=mesh.kubelet, namespace="bookinfo", name=name, container=service)


@contextmanager
def server(mesh: Mesh, namespace: str, name: str, image: str) -> Iterator[str]:
    """A service of one pod of this image, found under ``name``, while the block runs; the pod's address."""
    api = mesh.control_plane.api
    pod = callers.manifest(namespace, name)
    pod["spec"]["containers"][0]["image"] = image
    ports = [{"name": "http", "port": PORT, "targetPort": PORT}]
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"selector": {"app": name}, "ports": ports},
    }

    def found() -> Manifest:
        return api.get("v1", "Pod", name, namespace) or {}

    with live.added(mesh, service, pod):
        assert poll(lambda: callers.ready(found()), within=callers.READY), found()
        yield str(found()["status"]["podIP"])


def url(service: str, path: str | None = None, *, host: str | None = None) -> str:
    """Of a service of Bookinfo. host: in the place of its name, as that of a pod."""
    return f"http://{host or f'{service}.bookinfo'}:{PORT}{path or PATHS[service]}"


def addresses(mesh: Mesh, service: str) -> list[str]:
    """Of the pods behind a service of Bookinfo."""
    pods = mesh.control_plane.api.list("v1", "Pod", "bookinfo", labels=f"app={service}")
    found = [pod["status"]["podIP"] for pod in pods]
    assert found, service
    return found


def forbidden(reply: Reply) -> bool:
    """The other side's proxy knows who asks, and says no."""
    return (reply.status, reply.body) == (403, "RBAC: access denied")


def reset(reply: Reply) -> bool:
    """Cut off before any answer."""
    return reply.status is None and reply.error.startswith(("ConnectionResetError", "RemoteDisconnected"))
