"""What the proxies wrote about requests."""

import json
from typing import Any

from local.world.mesh import Mesh
from tests.support.mesh import meshes


def logged(mesh: Mesh, namespace: str, labels: str, **fields: Any) -> None:
    """A line of the access log of one of the pods' proxies has all the fields."""

    def found() -> None:
        pods = mesh.control_plane.api.list("v1", "Pod", namespace, labels=labels)
        logs = [mesh.kubelet.log(namespace, each["metadata"]["name"], "istio-proxy") for each in pods]
        lines = [json.loads(line) for log in logs for line in log.splitlines() if line.startswith("{")]
        assert any(fields.items() <= line.items() for line in lines), (fields, lines[-3:])

    meshes.eventually(found)
