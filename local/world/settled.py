"""Whether a mesh that runs is as its objects say, in every proxy: then whoever has changed it may go on."""

import subprocess
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPException
from typing import Any

from components.settings import names
from local.control_plane.api_errors import ApiRefusedError
from local.node.interception import PROXY
from local.processes import poll
from local.world import istiods, proxies
from local.world.istiods import Debugged
from local.world.mesh import Mesh
from local.world.proxies import Pod

# A proxy that has lost istiod waits longer each time before it tries again.
WITHIN = 60.0
# Looks in a row that find the same: longer than istiod waits for another change before it tells of one, and it answers
# no look while it has no time to tell.
CALM, PAUSE = 5, 0.05
# Changes that istiod has heard of, and how often it has told of some.
COUNTED = ("pilot_inbound_updates", "pilot_debounce_time_count")
# What it reads, as far as anybody here writes it.
READ = {
    "networking.istio.io/v1": ("DestinationRule", "Gateway", "ServiceEntry", "Sidecar", "VirtualService"),
    "security.istio.io/v1": ("AuthorizationPolicy", "PeerAuthentication"),
    "telemetry.istio.io/v1": ("Telemetry",),
}
# Where a sidecar takes what comes to its pod.
INBOUND = 15006
# Kind, namespace, name and version of an object.
Version = tuple[str, str, str, str]
Look = Callable[[], tuple[list[str], object]]


class UnsettledError(AssertionError):
    """Somebody lags behind; the text says who."""


def settled(mesh: Mesh, *, within: float = WITHIN) -> None:
    """Wait until istiod has what the API server has and every proxy what istiod has; then end old connections.

    Raises UnsettledError when either takes longer than ``within`` seconds.
    """
    debugged = Debugged(mesh)
    until(lambda: (unread(mesh, debugged), None), within=within)
    until(lambda: untold(mesh, debugged), calm=CALM, within=within)
    hang_up(mesh)


def unread(mesh: Mesh, debugged: Debugged) -> list[str]:
    """Return the objects that an istiod lacks, or has in another version than the API server."""
    there = _objects(mesh)
    found = {address: _versions(debugged.ask(address, "configz")) for address in istiods.addresses(mesh)}
    odd = {each[:3] for known in found.values() for each in known ^ there}
    said = [f"istiod has not what there is of {kind} {namespace}/{name}" for kind, namespace, name in sorted(odd)]
    return said if found else ["no istiod is ready"]


def untold(mesh: Mesh, debugged: Debugged) -> tuple[list[str], object]:
    """Return the proxies that lack istiod's latest configuration; and all that istiods received and sent so far."""
    asked = istiods.addresses(mesh)
    statuses = [each for address in asked for each in debugged.ask(address, "syncz")]
    counts = [istiods.counted(address, metric) for address in asked for metric in COUNTED]
    wanted = set(proxies.ready(mesh))
    known = [(pod, each["resources"]) for each in statuses if (pod := _pod(each)) in wanted]
    late = [f"{'/'.join(each)} is not connected" for each in sorted(wanted - {pod for pod, _ in known})]
    late += [f"{'/'.join(pod)} {what}" for pod, resources in known for what in _late(resources)]
    # They come in any order.
    return late, (sorted(known, key=str), counts)


def hang_up(mesh: Mesh) -> None:
    """End other proxies' connections to a sidecar, which serves each by its old configuration for 45 seconds."""
    for namespace, pod in proxies.ready(mesh):
        done = connections(mesh, namespace, pod, "--kill")
        # Of a pod that ends just now they end anyway.
        if done.returncode and (namespace, pod) in proxies.ready(mesh):
            raise UnsettledError(f"connections to {namespace}/{pod} stay: {done.stderr}")


def connections(mesh: Mesh, namespace: str, pod: str, *options: str) -> "subprocess.CompletedProcess[str]":
    """Return the connections of others to a sidecar, by ``ss``."""
    try:
        network = f"--net=/proc/{mesh.kubelet.process(namespace, pod, PROXY)}/ns/net"
    except LookupError as error:
        return subprocess.CompletedProcess([], 1, "", str(error))
    argv = ["nsenter", network, "ss", "--no-header", "--tcp", "--numeric", *options]
    return subprocess.run(
        [*argv, "state", "established", f"sport = :{INBOUND}"], capture_output=True, text=True, timeout=10
    )


def until(look: Look, *, calm: int = 1, within: float = WITHIN, every: float = PAUSE) -> None:
    """Wait for ``calm`` looks in a row that find nothing late and nothing changed. Raises UnsettledError."""
    late, before, times = ["nobody has answered"], None, 0

    def still() -> bool:
        nonlocal late, before, times
        try:
            late, now = look()
        except (OSError, HTTPException, ApiRefusedError, AssertionError, ValueError) as error:
            late, now = [f"{type(error).__name__}: {error}"], None
        times = 0 if late else times + 1 if now == before else 1
        before = now
        return times >= calm

    if not poll(still, within=within, every=every):
        raise UnsettledError(f"after {within:g} s: {'; '.join(late) or 'istiod goes on telling'}")


def _objects(mesh: Mesh) -> set[Version]:
    """Return the API server's objects in the namespaces that istiod watches."""
    api, pair = mesh.control_plane.api, f"{names.DISCOVERY_KEY}={names.DISCOVERY_VALUE}"
    seen = {each["metadata"]["name"] for each in api.list("v1", "Namespace", labels=pair)}
    listed = [each for version, kinds in READ.items() for kind in kinds for each in api.list(version, kind)]
    return {each for each in _versions(listed) if each[1] in seen}


def _versions(objects: list[dict[str, Any]]) -> set[Version]:
    kinds = {kind for each in READ.values() for kind in each}
    known = [(each["kind"], each["metadata"]) for each in objects if each["kind"] in kinds]
    return {(kind, each["namespace"], each["name"], each["resourceVersion"]) for kind, each in known}


def _pod(status: Mapping[str, Any]) -> Pod:
    name, _, namespace = status["proxy"].rpartition(".")
    return namespace, name


def _late(resources: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Yield the types of configuration whose latest version a proxy has not accepted, and why."""
    for kind, each in resources.items():
        if each.get("sent") != each.get("acked"):
            yield f"has not taken {kind.rpartition('.')[2]} {each.get('lastError', '')}".strip()
