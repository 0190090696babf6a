"""A control plane for tests, and small objects to ask it about."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.control_plane import control_plane
from local.control_plane.api import Api
from local.control_plane.control_plane import ControlPlane
from local.control_plane.programs import ORDER
from local.processes import poll
from tests.support import needs

Manifest = dict[str, Any]
SOON = 20.0


@contextmanager
def plane(folder: Path) -> Iterator[ControlPlane]:
    """One of its own, of which nothing runs afterwards."""
    for program in ORDER:
        needs.tool(program)
    with control_plane.running(folder) as running:
        yield running
    assert not [name for name, pid in running.pids().items() if Path(f"/proc/{pid}").exists()]


def namespace(api: Api, name: str, **labels: str) -> str:
    """One with its default ServiceAccount, which pods wait for."""
    api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}})
    assert soon(lambda: api.get("v1", "ServiceAccount", "default", name) is not None)
    return name


def pod(name: str, namespace: str, **spec: Any) -> Manifest:
    """A Pod of one container that nobody runs here."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "labels": {"app": name}},
        "spec": {"containers": [{"name": "main", "image": "none"}], **spec},
    }


def deployment(name: str, namespace: str, replicas: int) -> Manifest:
    """A Deployment of such pods."""
    made = pod(name, namespace)
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": made["spec"]},
        },
    }


def soon(there: Callable[[], bool], within: float = SOON) -> bool:
    """Whether it comes to be while controllers work."""
    return poll(there, within=within)
