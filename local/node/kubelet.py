"""Plays the kubelets of all Nodes: runs every Pod that is bound to one, and says how each is.

What a cluster's kubelet does and this one does not: images, cgroups and eviction, node status and leases, events,
`kubectl exec` and `logs` (there is ``exec`` and ``log`` here), ephemeral containers, hostPath volumes. Changed Secrets
and ConfigMaps reach pods at once instead of within a minute, restarts wait for half a minute at most, and the sleep of
preStop hooks is shortened by ``local.time_scale``. A volume is seen by all containers of its pod.
"""

import itertools
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from subprocess import CompletedProcess
from types import TracebackType
from typing import Any

from local.control_plane.api import Api
from local.control_plane.control_plane import ControlPlane
from local.node import hosts, images
from local.node.environment import CONFIG_MAP, SECRET, NotThereError
from local.node.layer import HOSTS
from local.node.making import Means, Place
from local.node.pod import Pod
from local.node.sandbox import PodSandbox
from local.node.surroundings import Sandbox

Manifest = Mapping[str, Any]
Prepare = Callable[[Manifest, PodSandbox], object]

HOSTNAME_LENGTH = 63
# As on a Node; a watch with it sees a Pod from its binding on.
BOUND = "spec.nodeName!="


class Kubelet:
    """Runs pods while it is entered; ``folder`` keeps their logs, and their files while they run.

    folder: on the machine's own file system. prepare: does something to each pod before anything runs in it.
    hosts: names that pods know.
    """

    def __init__(self, control_plane: ControlPlane, folder: Path, prepare: Prepare = lambda pod, sandbox: None) -> None:
        self._api: Api = control_plane.api
        self._folder = folder
        self._prepare = prepare
        self.hosts = hosts.Hosts(folder / "hosts")
        self._numbers = itertools.count()
        self._pods: dict[str, Pod] = {}
        self._lock = threading.Lock()
        self._stack = ExitStack()
        self._means = Means(
            api=self._api,
            place=self._place,
            services=self._services,
            sandbox=self._sandbox,
            image=images.program,
            volumes=lambda pod: self._folder / "volumes" / pod["metadata"]["uid"],
            logs=lambda pod: self._folder / "logs" / "_".join(pod["metadata"][key] for key in _NAMED),
            complain=lambda text: print(text, file=sys.stderr, flush=True),
        )

    def __enter__(self) -> "Kubelet":
        self._stack.enter_context(self.hosts.following(self._api))
        self._stack.callback(self._end)
        self._follow("Pod", self._heard, BOUND)
        for kind in (SECRET, CONFIG_MAP):
            self._follow(kind, self._refresh)
        return self

    def __exit__(
        self, type_: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def exec(
        self, namespace: str, pod: str, container: str, argv: Sequence[str], timeout: float = 30
    ) -> "CompletedProcess[str]":
        """Run a command in a container as its user. Raises LookupError and subprocess.TimeoutExpired."""
        return self._pod(namespace, pod).container(container).run(argv, timeout)

    def log(self, namespace: str, pod: str, container: str) -> str:
        """Return a container's whole log, also after the pod is deleted; empty before the container has started."""
        written = (self._folder / "logs").glob(f"{namespace}_{pod}_*/{container}.log")
        newest = sorted(written, key=lambda each: each.stat().st_mtime)[-1:]
        return "".join(each.read_text(errors="replace") for each in newest)

    def process(self, namespace: str, pod: str, container: str) -> int:
        """Return the pid of a container's first process. Raises LookupError when it does not run."""
        pid = self._pod(namespace, pod).container(container).pid
        if pid is None:
            raise LookupError(f"container {container} of pod {namespace}/{pod} does not run")
        return pid

    def _pod(self, namespace: str, name: str) -> Pod:
        with self._lock:
            for each in self._pods.values():
                metadata = each.record.manifest["metadata"]
                if (metadata["namespace"], metadata["name"]) == (namespace, name):
                    return each
        raise LookupError(f"pod {namespace}/{name} does not run")

    def _follow(self, kind: str, heard: Callable[[str, Manifest], None], fields: str = "") -> None:
        watch = self._api.watch("v1", kind, fields=fields)

        def follow() -> None:
            for event, each in watch:
                heard(event, each)

        thread = threading.Thread(target=follow, name=f"kubelet {kind}", daemon=True)
        thread.start()
        self._stack.callback(thread.join)
        self._stack.callback(watch.stop)

    def _heard(self, event: str, manifest: Manifest) -> None:
        uid = manifest["metadata"]["uid"]
        with self._lock:
            known = self._pods.get(uid)
            if event == "DELETED":
                self._pods.pop(uid, None)
            elif known is None and manifest.get("status", {}).get("phase") not in ("Succeeded", "Failed"):
                self._pods[uid] = Pod(manifest, self._address(), self._means)
                self._pods[uid].begin()
        if known is not None:
            known.vanish() if event == "DELETED" else known.changed(manifest)

    def _refresh(self, event: str, manifest: Manifest) -> None:
        kind, metadata = manifest["kind"], manifest["metadata"]
        with self._lock:
            pods = list(self._pods.values())
        for each in pods:
            if each.record.manifest["metadata"]["namespace"] == metadata["namespace"]:
                each.refresh(kind, metadata["name"])

    def _address(self) -> str:
        """Return the next address, which is not reused while another program may remember it.

        The addresses of 10.244.0 are the machine's.
        """
        above, last = divmod(next(self._numbers), 254)
        return f"10.244.{1 + above % 254}.{1 + last}"

    def _place(self, name: str) -> Place:
        node = self._api.get("v1", "Node", name)
        if node is None:
            raise NotThereError(f'Node "{name}" not found')
        (address,) = [each["address"] for each in node["status"]["addresses"] if each["type"] == "InternalIP"]
        return Place(address=address, allocatable=node["status"].get("allocatable") or {})

    def _services(self) -> Mapping[str, str]:
        """Return the variables of the one Service that every container gets, with or without enableServiceLinks."""
        service = self._api.get("v1", "Service", "kubernetes", "default")
        if service is None:
            raise NotThereError('Service "kubernetes" not found')
        spec = service["spec"]
        port = str(spec["ports"][0]["port"])
        return {
            "KUBERNETES_SERVICE_HOST": spec["clusterIP"],
            "KUBERNETES_SERVICE_PORT": port,
            "KUBERNETES_SERVICE_PORT_HTTPS": port,
        }

    def _sandbox(self, pod: Manifest, address: str) -> Sandbox:
        metadata, spec = pod["metadata"], pod["spec"]
        context = spec.get("securityContext") or {}
        made = PodSandbox.create(
            f"{metadata['namespace']}/{metadata['name']}",
            address,
            self._folder / "pods" / metadata["uid"],
            hostname=(spec.get("hostname") or metadata["name"])[:HOSTNAME_LENGTH],
            sysctls={each["name"]: each["value"] for each in context.get("sysctls") or []},
        )
        try:
            made.volume(HOSTS, self.hosts.of(metadata["namespace"]), read_only=True)
            self._prepare(pod, made)
            made.intercept(pod)
        except BaseException:
            made.remove()
            raise
        return made

    def _end(self) -> None:
        with self._lock:
            pods = list(self._pods.values())
            self._pods.clear()
        for each in pods:
            each.vanish()
        for each in pods:
            each.join()


_NAMED = ("namespace", "name", "uid")
