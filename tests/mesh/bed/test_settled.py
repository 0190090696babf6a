"""Who changes a world leaves it as it was in every proxy: seen to wait, to say who is late, and to end connections."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from local.control_plane.api_connection import Manifest
from local.nlb.visitor import Visitor
from local.node.interception import PROXY
from local.world import proxies, settled
from local.world.istiods import Debugged
from local.world.mesh import Mesh
from local.world.settled import UnsettledError
from tests.support.mesh import asking, live, meshes

LATE = "reviews-v3"
HOST = "late.bookinfo.svc.cluster.local"
ENTRY: Manifest = {
    "apiVersion": "networking.istio.io/v1",
    "kind": "ServiceEntry",
    "metadata": {"name": "late", "namespace": "bookinfo"},
    "spec": {"hosts": [HOST], "ports": [{"number": 80, "name": "http", "protocol": "HTTP"}], "resolution": "NONE"},
}
POLICY = ("security.istio.io/v1", "AuthorizationPolicy", "ratings", "bookinfo")
# Seconds that a proxy is late.
LAG = 1.5


@pytest.fixture
def agent(dev: Mesh) -> tuple[str, int]:
    """Of one sidecar: its pod, and the process by which its Envoy hears of changes."""
    (pod,) = [name for _, name in proxies.ready(dev) if name.startswith(LATE)]
    return pod, dev.kubelet.process("bookinfo", pod, PROXY)


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def kept(mesh: Mesh, namespace: str, pod: str) -> list[str]:
    done = settled.connections(mesh, namespace, pod)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_who_does_not_take_what_he_is_told_is_named(dev: Mesh, agent: tuple[str, int]) -> None:
    pod, pid = agent
    with live.added(dev, ENTRY):
        settled.settled(dev)
        api = dev.control_plane.api
        with stopped(pid):
            api.patch({**ENTRY, "spec": {"hosts": [HOST, f"other.{HOST}"]}})
            with pytest.raises(UnsettledError, match=rf"bookinfo/{pod} has not taken \w+") as raised:
                settled.settled(dev, within=5)
        assert "reviews-v2" not in str(raised.value)
        settled.settled(dev)


def test_it_waits_for_who_is_late_and_no_longer(dev: Mesh, agent: tuple[str, int]) -> None:
    _, pid = agent
    thaw = threading.Timer(LAG, os.kill, (pid, signal.SIGCONT))
    # What comes and goes before istiod tells of it concerns nobody.
    with live.added(dev, ENTRY):
        settled.settled(dev)
        os.kill(pid, signal.SIGSTOP)
        begun = time.monotonic()
        thaw.start()
    seconds = time.monotonic() - begun
    thaw.join()
    assert LAG <= seconds < LAG + 10


class Past(Debugged):
    """Answers for ever what was so when it was first asked."""

    def __init__(self, mesh: Mesh) -> None:
        super().__init__(mesh)
        self._known: dict[str, Any] = {}

    def ask(self, address: str, what: str) -> Any:
        if what not in self._known:
            self._known[what] = super().ask(address, what)
        return self._known[what]


def test_an_object_that_istiod_has_not_read_is_named(dev: Mesh) -> None:
    """As istiod was before the object came."""
    past = Past(dev)
    assert settled.unread(dev, past) == []
    with live.added(dev, ENTRY):
        assert settled.unread(dev, past) == ["istiod has not what there is of ServiceEntry bookinfo/late"]


def test_nobody_keeps_a_connection_to_a_proxy_from_before(dev: Mesh, visitor: Visitor) -> None:
    sidecars = [each for each in proxies.ready(dev) if each[0] == "bookinfo"]
    for _ in range(10):
        meshes.visit(dev, visitor, "http://bookinfo.test/productpage")
    assert [each for each in sidecars if kept(dev, *each)]
    settled.settled(dev)
    assert [each for each in sidecars if kept(dev, *each)] == []
    assert "Served by" in meshes.visit(dev, visitor, "http://bookinfo.test/productpage").body


def test_a_policy_that_is_back_holds_at_once_for_everybody(dev: Mesh) -> None:
    """Whoever was let in or refused before, over whichever connection."""
    callers = [asking.insider(dev, service) for service in ("productpage", "reviews")]
    url = asking.url("ratings")
    for _ in range(2):
        with live.without(dev, *POLICY):
            meshes.eventually(lambda: _all(403, [each.ask(url).status for each in callers * 2]))
        _all(200, [each.ask(url).status for each in callers * 5])


def _all(expected: int, found: list[int | None]) -> None:
    assert set(found) == {expected}, found
