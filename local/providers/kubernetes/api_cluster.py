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
        """Return the path of an administrator's kubeconfig."""

    @property
    def api(self) -> Api:
        """Return an administrator's API client in this process."""


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
        """Submit a dry run to the API server; do nothing while the kind or the namespace does not exist yet."""
        try:
            with _reachable():
                self._objects.try_out(manifest, field_manager.name(outputs) if outputs else None)
        except ApiRefusedError as refusal:
            # An object that a replacement is about to delete is still there.
            replaced = outputs is None and refusal.conflict
            if not (replaced or refusal.missing or refusal.code == api_refusals.FORBIDDEN):
                raise RefusedError(f"Preview failed: {api_refusals.text(refusal, manifest)}") from None

    def create(self, manifest: Manifest) -> Manifest:
        """Create the object. Raises RefusedError when it exists or is refused, UnreadyError when it stays unready."""
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
        """Update the object. Raises UnreadyError even for a refusal: the provider tries again with the next ``up``."""
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
        """Return the object in its current state."""
        with _reachable():
            live = self._objects.live(manifest)
        return None if live is None else _cleaned(live)

    def delete(self, manifest: Manifest) -> None:
        """Delete the object with what it owns. Raises RefusedError when it still exists after the timeout."""
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
        """Install the chart. Raises RefusedError and UnreadyError."""
        with _reachable():
            return self._releases.install(release)

    def upgrade(self, release: Manifest) -> Manifest:
        """Upgrade the release. Raises RefusedError and UnreadyError."""
        return self._releases.upgrade(release)

    def uninstall(self, release: Manifest) -> None:
        """Uninstall the release. Raises RefusedError."""
        self._releases.uninstall(release)

    def release(self, wanted: Manifest) -> Manifest | None:
        """Return the release as helm knows it."""
        return self._releases.find(wanted)

    def objects(self) -> dict[Identity, Manifest]:
        """Return the objects applied here that still exist, in their current state."""
        with self._lock:
            made = dict(self._made)
        live = {each: self.find(manifest) for each, manifest in made.items()}
        return {each: found for each, found in live.items() if found is not None}

    def releases(self) -> dict[str, Manifest]:
        """Return the rows of ``helm list``, and the releases that are only recorded."""
        return self._releases.all()

    def leftovers(self) -> list[Identity]:
        """Return the objects applied here that still exist, and all releases; not what helm leaves behind, as CRDs."""
        releases = [Identity("helm.sh", "Release", *each.split("/", 1)) for each in self.releases()]
        return sorted([*self.objects(), *releases])

    def cancel(self) -> None:
        """Cancel all waiting and every running helm, whose operation counts as failed."""
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
    """Return the object without fields that grow with every write and say nothing of the object."""
    metadata = {key: value for key, value in live["metadata"].items() if key != "managedFields"}
    return live | {"metadata": metadata}


@contextmanager
def _reachable() -> Iterator[None]:
    try:
        yield
    except ApiUnreachableError as error:
        raise RefusedError(f"configured Kubernetes cluster is unreachable: {error}") from None
