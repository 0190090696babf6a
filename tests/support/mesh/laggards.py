"""Two sidecars that hear of nothing for a while: their agents are stopped, their Envoys go on with what they have."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from local.node.interception import PROXY
from local.processes import poll
from local.world import callers
from local.world.callers import Caller
from local.world.mesh import Mesh
from tests.support.mesh import asking

NAMESPACE = "bookinfo"
CLIENT, SERVER = "late-productpage", "late-details"
# Whom the client asks; behind details there is the late server, too.
ASKED = ("details", "details", "details", "reviews", "ratings")
USER = {"end-user": "jason"}
IMAGE = "docker.io/istio/examples-bookinfo-details-v1:1.20.3"


@dataclass(frozen=True, kw_only=True)
class Laggards:
    """A client, and a server that answers as one of details. asked: requests of the client."""

    mesh: Mesh
    client: Caller

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Their agents are stopped while the block runs."""
        agents = [self.mesh.kubelet.process(NAMESPACE, pod, PROXY) for pod in (CLIENT, SERVER)]
        for pid in agents:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in agents:
                os.kill(pid, signal.SIGCONT)

    def ask(self) -> list[str]:
        """What was wrong with the answers to the client."""
        replies = [(service, self.client.ask(asking.url(service), headers=USER)) for service in ASKED]
        return [f"{CLIENT} to {service}: {reply}" for service, reply in replies if reply.status != 200]


@contextmanager
def laggards(mesh: Mesh) -> Iterator[Laggards]:
    """Both, while the block runs."""
    api = mesh.control_plane.api
    server = callers.manifest(
        NAMESPACE, SERVER, service_account="bookinfo-details", labels={"app": "details", "version": "v1"}
    )
    server["spec"]["containers"][0]["image"] = IMAGE
    client = Caller(api=api, kubelet=mesh.kubelet, namespace=NAMESPACE, name=CLIENT)
    try:
        api.create(server)
        callers.start(api, mesh.kubelet, NAMESPACE, CLIENT, service_account="bookinfo-productpage")
        assert poll(lambda: callers.ready(api.get("v1", "Pod", SERVER, NAMESPACE) or {}), within=callers.READY)
        yield Laggards(mesh=mesh, client=client)
    finally:
        for name in (CLIENT, SERVER):
            api.delete("v1", "Pod", name, NAMESPACE, wait=60, grace=0)
