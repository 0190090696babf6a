"""What has to be there before a pod's containers can start: volumes, network, files, and the containers themselves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local import timestamps
from local.control_plane.api import Api
from local.node.container import Container
from local.node.container_status import CREATING, INITIALIZING, Role, Seen, Waiting
from local.node.contents import Projector
from local.node.environment import environment
from local.node.sources import PodSources
from local.node.surroundings import Image, Sandbox, Surroundings
from local.node.volumes import Volumes

Manifest = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Place:
    """A Node: the address of its host, and what it has for pods."""

    address: str
    allocatable: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Means:
    """What pods are run with.

    place: the Node of a name. services: variables for every container. sandbox: makes a pod's network and files.
    image: what stands for an image. volumes, logs: where a pod's are. complain: takes what went wrong in a thread.
    """

    api: Api
    place: Callable[[str], Place]
    services: Callable[[], Mapping[str, str]]
    sandbox: Callable[[Manifest, str], Sandbox]
    image: Callable[[str], Image | None]
    volumes: Callable[[Manifest], Path]
    logs: Callable[[Manifest], Path]
    complain: Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Made:
    """A pod that can start."""

    volumes: Volumes
    sandbox: Sandbox
    containers: list[Container]

    def remove(self) -> None:
        """Remove the pod and everything that runs in it."""
        for each in self.containers:
            each.kill()
        self.sandbox.remove()
        self.volumes.remove()


def make(
    manifest: Manifest, address: str, place: Place, sources: PodSources, means: Means, changed: Callable[[], None]
) -> Made:
    """Make a pod at an address. Raises the first obstacle's exception, after removing what it made."""
    pod = {**manifest, "status": {"podIP": address, "hostIP": place.address}}
    services = means.services()

    def variables(container: Manifest) -> dict[str, str]:
        return environment(container, pod, allocatable=place.allocatable, lookup=sources.data, services=services)

    projector = Projector(pod=pod, sources=sources, allocatable=place.allocatable)
    volumes = Volumes(projector, means.volumes(pod))
    try:
        # As a kubelet: nothing of a pod is made before all its volumes are.
        volumes.write()
        sandbox = _sandbox(pod, address, volumes, means)
    except BaseException:
        volumes.remove()
        raise
    around = Surroundings(
        pod=pod,
        sandbox=sandbox,
        address=address,
        image=means.image,
        environment=variables,
        log=lambda name: means.logs(pod) / f"{name}.log",
        changed=changed,
        now=timestamps.now,
    )
    containers = [Container(spec, role, around, waiting(pod)) for spec, role in roles(pod)]
    return Made(volumes=volumes, sandbox=sandbox, containers=containers)


def _sandbox(pod: Manifest, address: str, volumes: Volumes, means: Means) -> Sandbox:
    sandbox = means.sandbox(pod, address)
    try:
        for path, source, read_only in volumes.mounts():
            sandbox.volume(path, source, read_only)
    except BaseException:
        sandbox.remove()
        raise
    return sandbox


def roles(pod: Manifest) -> list[tuple[Manifest, Role]]:
    """Return the pod's containers in the order in which they are started."""
    inits = pod["spec"].get("initContainers") or []
    return [
        *((each, Role.SIDECAR if each.get("restartPolicy") == "Always" else Role.INIT) for each in inits),
        *((each, Role.MAIN) for each in pod["spec"]["containers"]),
    ]


def unmade(pod: Manifest, why: str) -> list[Seen]:
    """Return the container states of a pod that is not made yet; ``why`` gives the obstacle."""
    state = Waiting(waiting(pod), why)
    return [Seen(name=spec["name"], image=spec["image"], role=role, state=state) for spec, role in roles(pod)]


def waiting(pod: Manifest) -> str:
    """Return the reason why the pod's containers do not run at first."""
    return INITIALIZING if pod["spec"].get("initContainers") else CREATING
