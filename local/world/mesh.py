"""A stack on a cluster that runs: the real engine, API server, helm, istiod and proxies, in a machine of its own.

Stand-ins: AWS, the provider plugins, nodes and their kubelet, the NLB with its controller. ``local.tryout`` says it to
people.
"""

import datetime
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from components.settings import clock
from local.control_plane import control_plane
from local.control_plane.control_plane import ControlPlane
from local.nlb import load_balancer
from local.nlb.load_balancer import LoadBalancers
from local.node import nodes
from local.node.kubelet import Kubelet
from local.providers.kubernetes.api_cluster import ApiCluster
from local.providers.kubernetes.provider import Kubernetes
from local.world import world as worlds
from local.world.world import World

# Seconds until the played NLB has seen what the engine made.
APPEARS = 15.0


@dataclass(frozen=True, kw_only=True)
class Mesh:
    """A stack with the cluster that it is brought up in. folder: logs of everything."""

    world: World
    control_plane: ControlPlane
    kubelet: Kubelet
    entrance: LoadBalancers
    folder: Path

    def address(self, gateway: str) -> str:
        """Return the address of the NLB of a gateway of the settings. Raises LookupError."""
        return self.entrance.address(self.world.session.outputs()["gateways"][gateway]["dnsName"], within=APPEARS)


@contextmanager
def mesh(stack: str, folder: Path, *, today: datetime.date) -> Iterator[Mesh]:
    """Open a new stack, not yet brought up; everything ends with the block."""
    with ExitStack() as opened:
        plane = opened.enter_context(control_plane.running(folder / "control-plane"))
        account = opened.enter_context(worlds.account(clock.now()))
        kubelet = opened.enter_context(Kubelet(plane, folder / "node"))
        opened.enter_context(nodes.joining(plane.api, account.session))
        entrance = opened.enter_context(load_balancer.running(account.session, plane.api))
        cluster = Kubernetes(cluster=ApiCluster(plane, folder / "provider", log=kubelet.log))
        world = opened.enter_context(worlds.world(stack, account, cluster, today=today, now=clock.now))
        yield Mesh(world=world, control_plane=plane, kubelet=kubelet, entrance=entrance, folder=folder)
