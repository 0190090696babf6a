"""The real istiod as a child process, with the arguments and variables of the Deployment that the chart renders."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import urllib3
import yaml

from benchmarks.scale import processes
from benchmarks.scale.rendered import Rendered
from components.settings import names
from local.control_plane.control_plane import ControlPlane
from local.control_plane.programs import ISSUER
from local.node.environment import environment, expand, resource
from local.processes import Process, poll
from local.tools import tools

ADDRESS = "127.0.0.1"
XDS = f"{ADDRESS}:15010"
_DEBUG, _METRICS, _HEAP = f"http://{ADDRESS}:8080", f"http://{ADDRESS}:15014/metrics", "go_memstats_heap_inuse_bytes"
READY = 60.0
# istiod asks the cgroup of its container for the limit and tells Go to stay below this part of it (automemlimit); here
# it has no cgroup of its own.
_OF_LIMIT = 0.9
# Every variant's alike: else so many proxies at once are refused.
_EQUAL = {"PILOT_MAX_REQUESTS_PER_SECOND": "10000"}
# CPU seconds per second below which it has nothing to do, and for how long.
_IDLE, _IDLE_FOR = 0.05, 1.0
# What Go pools is free after two collections, and after a third one what is free is back at the kernel. Seconds after
# each.
_COLLECTIONS, _RETURNS = 3, 1.5


class Istiod:
    """One that runs."""

    def __init__(self, process: Process) -> None:
        self._process = process

    def cpu(self) -> float:
        """Return istiod's CPU seconds so far."""
        return processes.cpu(self._process.pid)

    def peak(self) -> int:
        """Return istiod's peak memory in bytes."""
        return processes.peak(self._process.pid)

    def idle(self, within: float) -> None:
        """Wait until istiod is idle."""
        poll(self._rests, within=within, every=0)

    def resident(self) -> int:
        """Return istiod's resident memory in bytes."""
        return processes.resident(self._process.pid)

    def program(self) -> int:
        """Return the resident bytes that are istiod's program."""
        return processes.program(self._process.pid)

    def settle(self) -> None:
        """Collect garbage, and return free memory to the kernel."""
        for _ in range(_COLLECTIONS):
            _get(f"{_DEBUG}/debug/pprof/heap?gc=1")
            time.sleep(_RETURNS)

    def heap(self) -> int:
        """Return the bytes of Go's heap: its objects and the space between them."""
        lines = (_get(_METRICS) or b"").decode().splitlines()
        return int(float(next(line.split()[1] for line in lines if line.startswith(f"{_HEAP} "))))

    def _rests(self) -> bool:
        before = self.cpu()
        time.sleep(_IDLE_FOR)
        return self.cpu() - before < _IDLE * _IDLE_FOR


@contextmanager
def running(plane: ControlPlane, rendered: Rendered, folder: Path) -> Iterator[Istiod]:
    """Run istiod while the block runs; the objects of its chart must exist already. Raises ProcessFailedError."""
    folder.mkdir(parents=True)
    known = _environment(rendered, plane, folder)
    arguments = [expand(each, known) for each in rendered.container["args"]]
    # What it reads and writes by relative paths is in a folder of its own.
    binary, log = str(tools.path("pilot-discovery")), folder / "istiod.log"
    process = Process("istiod", [binary, *arguments], log=log, env=known, cwd=folder)
    try:
        process.until(lambda: _get(f"{_DEBUG}/ready") is not None, within=READY)
        yield Istiod(process)
    finally:
        process.stop()


def _environment(rendered: Rendered, plane: ControlPlane, folder: Path) -> dict[str, str]:
    container = rendered.container
    allocatable = {"cpu": str(os.cpu_count()), "memory": str(processes.memory())}
    pod = _pod(rendered.pod)
    known = environment(container, pod, allocatable=allocatable, lookup=lambda kind, name: None, services={})
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        **known,
        **_EQUAL,
        **_memory_limit(container),
        "KUBECONFIG": str(_kubeconfig(plane, rendered.pod["spec"]["serviceAccountName"], folder)),
    }


def _pod(template: Mapping[str, Any]) -> dict[str, Any]:
    metadata = {**template["metadata"], "name": "istiod-0", "namespace": names.ISTIO_SYSTEM}
    return {"metadata": metadata, "spec": template["spec"], "status": {"podIP": ADDRESS, "hostIP": ADDRESS}}


def _memory_limit(container: Mapping[str, Any]) -> dict[str, str]:
    if "memory" not in (container["resources"].get("limits") or {}):
        return {}
    limit = int(resource({"resource": "limits.memory"}, container, {}))
    return {"GOMEMLIMIT": str(int(limit * _OF_LIMIT))}


def _kubeconfig(plane: ControlPlane, account: str, folder: Path) -> Path:
    """Write a kubeconfig of the ServiceAccount, so that istiod has the permissions of the chart's roles only."""
    config = yaml.safe_load(plane.kubeconfig.read_text())
    config["users"][0]["user"] = {"token": plane.token(names.ISTIO_SYSTEM, account, ISSUER)}
    path = folder / "kubeconfig"
    path.write_text(yaml.safe_dump(config))
    path.chmod(0o600)
    return path


def _get(url: str) -> bytes | None:
    """Return the answer of a URL; ``None`` without a successful answer."""
    try:
        answer = urllib3.request("GET", url, timeout=30, retries=False)
    except urllib3.exceptions.HTTPError:
        return None
    return answer.data if answer.status == 200 else None
