"""A real API server behind the kubernetes stand-in, with helm for releases."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from local.control_plane.api import Api
from local.control_plane.api_errors import ApiRefusedError, ApiUnreachableError
from local.providers.kubernetes import api_refusals, field_manager
from local.providers.kubernetes.api_objects import Objects
from local.providers.kubernetes.helm_command import Helm
from local.providers.kubernetes.objects import Identity, identity
from local.providers.kubernetes.recorded_release import AllReleases
from local.providers.kubernetes.releases import Releases
from local.providers.kubernetes.target import Manifest
from local.providers.kubernetes.unready_pods import Log, Pods
from local.providers.protocol.failures import RefusedError, UnreadyError
from local.tools import tools


class ControlPlane(Protocol):
    """What is needed of one."""

    @property
    def kubeconfig(self) -> Path:
        """Of an administrator."""

    @property
    def api(self) -> Api:
        """The same, for this process."""


class ApiCluster:
    """Objects as pulumi-kubernetes applies them, each with a field manager of its own; releases as it installs them.

    folder: for helm's own files. charts: folders by name, Istio's own unless given. log: what a container has printed.
    patience: seconds after which waiting for an object ends, when that is sooner than the provider's own end of it.
    """

    def __init__(
        self,
        control_plane: ControlPlane,
        folder: Path,
        *,
        charts: Mapping[str, Path] | None = None,
        log: Log | None = None,
        patience: float | None = None,
    ) -> None:
        self.swept: list[str] = []
        self._objects = Objects(control_plane.api, patience)
        self._pods = Pods(control_plane.api, log)
        self.helm = Helm(tools.path("helm"), control_plane.kubeconfig, folder / "helm")
        installed = Releases(self.helm, tools.charts() if charts is None else charts, self._pods.reasons)
        self._releases = AllReleases(installed, self._objects)
        self._made: dict[Identity, Manifest] = {}
        self._lock = threading.Lock()

    def preview(self, manifest: Manifest, outputs: Manifest | None) -> None:
        """What the API server says to a dry run; nothing while the kind or the namespace is not there yet."""
        try:
            with _reachable():
                self._objects.try_out(manifest, field_manager.name(outputs) if outputs else None)
        except ApiRefusedError as refusal:
            # An object that a replacement is about to delete is still there.
            replaced = outputs is None and refusal.conflict
            if not (replaced or refusal.missing or refusal.code == api_refusals.FORBIDDEN):
                raise RefusedError(f"Preview failed: {api_refusals.text(refusal, manifest)}") from None

    def create(self, manifest: Manifest) -> Manifest:
        """Raises RefusedError when it exists or is not accepted, UnreadyError when it does not become ready."""
        wanted, manager = identity(manifest), field_manager.name(None)
        try:
            with _reachable():
                self._objects.create(manifest, manager)
        except ApiRefusedError as refusal:
            reason = api_refusals.text(refusal, manifest, manager)
            said = f'resource "{wanted}" was not successfully created by the Kubernetes API server: {reason}'
            raise RefusedError(said) from None
        failed = (
            f'resource "{wanted}" was successfully created, but the Kubernetes API server reported that it failed to '
            "fully initialize or become live"
        )
        return self._awaited(manifest, manager, failed)

    def update(self, manifest: Manifest, outputs: Manifest) -> Manifest:
        """Raises UnreadyError also for what the API server refuses: the provider tries again with the next ``up``."""
        wanted, manager = identity(manifest), field_manager.name(outputs)
        failed = f'the Kubernetes API server reported that "{wanted}" failed to fully initialize or become live'
        with _reachable():
            if self._objects.live(manifest) is None:
                raise RefusedError(f'update of resource "{wanted}" failed: {wanted.resource} "{wanted.name}" not found')
            try:
                self._objects.apply(manifest, manager)
            except ApiRefusedError as refusal:
                reason = api_refusals.text(refusal, manifest, manager)
                raise UnreadyError(f"{failed}: {reason}", str(wanted), self._outputs(manifest, manager)) from None
        return self._awaited(manifest, manager, failed)

    def find(self, manifest: Manifest) -> Manifest | None:
        """As it stands."""
        with _reachable():
            live = self._objects.live(manifest)
        return None if live is None else _cleaned(live)

    def delete(self, manifest: Manifest) -> None:
        """With what it owns; raises RefusedError when it is not gone in time."""
        wanted = identity(manifest)
        inside = self._inside(wanted.name) if wanted.kind == "Namespace" else []
        try:
            with _reachable():
                self._objects.delete(manifest)
        except ApiRefusedError as refusal:
            raise RefusedError(api_refusals.text(refusal, manifest)) from None
        except TimeoutError as late:
            raise RefusedError(str(late)) from None
        self.swept += [each.text for each in inside]
        with self._lock:
            for each in (wanted, *inside):
                self._made.pop(each, None)

    def install(self, release: Manifest) -> Manifest:
        """Raises RefusedError and UnreadyError."""
        with _reachable():
            return self._releases.install(release)

    def upgrade(self, release: Manifest) -> Manifest:
        """Raises RefusedError and UnreadyError."""
        return self._releases.upgrade(release)

    def uninstall(self, release: Manifest) -> None:
        """Raises RefusedError."""
        self._releases.uninstall(release)

    def release(self, wanted: Manifest) -> Manifest | None:
        """As helm knows it."""
        return self._releases.find(wanted)

    def objects(self) -> dict[Identity, Manifest]:
        """What was applied here and is still there, as it stands."""
        with self._lock:
            made = dict(self._made)
        live = {each: self.find(manifest) for each, manifest in made.items()}
        return {each: found for each, found in live.items() if found is not None}

    def releases(self) -> dict[str, Manifest]:
        """Rows of ``helm list``, and those that are only recorded."""
        return self._releases.all()

    def leftovers(self) -> list[Identity]:
        """What was applied here and is still there, and all releases; not what helm leaves behind, as CRDs."""
        releases = [Identity("helm.sh", "Release", *each.split("/", 1)) for each in self.releases()]
        return sorted([*self.objects(), *releases])

    def cancel(self) -> None:
        """End all waiting, and every helm that runs: what it was doing counts as failed."""
        self._objects.cancel()
        self.helm.stop()

    def _awaited(self, manifest: Manifest, manager: str, failed: str) -> Manifest:
        wanted = identity(manifest)
        with self._lock:
            self._made[wanted] = manifest
        with _reachable():
            lacking = self._objects.unready(manifest)
        outputs = self._outputs(manifest, manager)
        if lacking:
            late = f"{failed}: '{wanted.name}' timed out waiting to be Ready"
            reasons = dict.fromkeys([*lacking, *self._pods.reasons(manifest)])
            raise UnreadyError("\n".join([late, *(f"* {each}" for each in reasons)]), str(wanted), outputs)
        return outputs

    def _outputs(self, manifest: Manifest, manager: str) -> Manifest:
        return (self.find(manifest) or {}) | {field_manager.FIELD_MANAGER: manager}

    def _inside(self, namespace: str) -> list[Identity]:
        with self._lock:
            objects = [each for each in self._made if each.namespace == namespace]
        releases = [each.split("/", 1) for each in self.releases()]
        return sorted([*objects, *(Identity("", "Release", *each) for each in releases if each[0] == namespace)])


def _cleaned(live: Manifest) -> Manifest:
    """Without what grows with every write and says nothing of the object."""
    metadata = {key: value for key, value in live["metadata"].items() if key != "managedFields"}
    return live | {"metadata": metadata}


@contextmanager
def _reachable() -> Iterator[None]:
    try:
        yield
    except ApiUnreachableError as error:
        raise RefusedError(f"configured Kubernetes cluster is unreachable: {error}") from None
