"""What the istiods of a mesh say of themselves: asked over HTTP, for a command in a pod takes many times as long."""

import re
from typing import Any

from components.settings import names
from local.nlb.browser import AtHome
from local.world.callers import ready
from local.world.mesh import Mesh

METRICS, DEBUG = 15014, 8080
# Of a token that istiod takes.
AUDIENCE = "istio-ca"


def addresses(mesh: Mesh) -> list[str]:
    """Return the addresses of the istiods that answer and are not being deleted."""
    pods = mesh.control_plane.api.list("v1", "Pod", names.ISTIO_SYSTEM, labels="app=istiod")
    return sorted(pod["status"]["podIP"] for pod in pods if ready(pod) and "deletionTimestamp" not in pod["metadata"])


def metrics(address: str) -> str:
    """Return all metrics of an istiod, in Prometheus' format. Raises OSError."""
    return AtHome().get(f"http://{address}:{METRICS}/metrics").body


def counted(address: str, metric: str) -> float:
    """Return a metric's sum over all labels. Raises OSError, also for a metric that does not exist."""
    found = re.findall(rf"^{metric}(?:{{.*}})? (\S+)$", metrics(address), re.MULTILINE)
    if not found:
        raise OSError(f"istiod at {address} counts no {metric}")
    return sum(map(float, found))


class Debugged:
    """As somebody of istiod's own namespace, who alone may ask for everything."""

    def __init__(self, mesh: Mesh) -> None:
        token = mesh.control_plane.token(names.ISTIO_SYSTEM, "default", AUDIENCE)
        self._headers = {"authorization": f"Bearer {token}"}

    def ask(self, address: str, what: str) -> Any:
        """Return ``/debug/what`` of an istiod. Raises OSError."""
        answer = AtHome().get(f"http://{address}:{DEBUG}/debug/{what}", headers=self._headers)
        if answer.status != 200:
            raise OSError(f"/debug/{what}: {answer}")
        return answer.json()
