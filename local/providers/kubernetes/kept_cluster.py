"""A cluster that keeps objects and releases and refuses what a real one would refuse."""

import base64
import datetime
import threading
import uuid
from collections.abc import Callable

from components.settings import clock
from local import timestamps
from local.providers.kubernetes.objects import CHART_OF_GROUP, NAMESPACES, Identity, built_in, identity
from local.providers.kubernetes.target import Manifest
from local.providers.protocol.failures import RefusedError

# The chart whose running pods a chart's own pods wait for.
WAITS_FOR = {"gateway": "istiod"}
CONTROLLER = "aws-load-balancer-controller"


class Cluster:
    """Objects by identity, releases by namespace and name.

    now: what objects take for the moment of their creation.
    swept: what Kubernetes deleted because its namespace went, and nobody deleted before: for tests that want none.
    """

    def __init__(self, now: Callable[[], datetime.datetime] = clock.now) -> None:
        self._now = now
        self.swept: list[str] = []
        self._objects: dict[Identity, Manifest] = {}
        self._releases: dict[tuple[str, str], Manifest] = {}
        self._charts_ever: set[str] = set()
        self._version = 0
        self._lock = threading.RLock()

    def create(self, manifest: Manifest) -> Manifest:
        """Add an object, and return its outputs."""
        with self._lock:
            wanted = self._allowed(manifest)
            if wanted in self._objects or (wanted.kind == "Namespace" and wanted.name in NAMESPACES):
                raise RefusedError(f'{wanted.resource} "{wanted.name}" already exists')
            born = {
                "uid": str(uuid.uuid4()),
                "creationTimestamp": timestamps.format_utc(self._now()),
            }
            return self._store(wanted, manifest, born)

    def preview(self, manifest: Manifest, outputs: Manifest | None) -> None:
        """Do nothing: no outcome is known beforehand."""

    def update(self, manifest: Manifest, outputs: Manifest) -> Manifest:
        """Change an existing object; it stays the same one."""
        with self._lock:
            wanted = self._allowed(manifest)
            if wanted not in self._objects:
                raise RefusedError(f'{wanted.resource} "{wanted.name}" not found')
            live = self._objects[wanted]["metadata"]
            return self._store(wanted, manifest, {key: live[key] for key in ("uid", "creationTimestamp")})

    def find(self, manifest: Manifest) -> Manifest | None:
        """Return the outputs of an object."""
        with self._lock:
            return self._objects.get(identity(manifest))

    def delete(self, manifest: Manifest) -> None:
        """Delete an object; one that is deleted already is no error."""
        with self._lock:
            wanted = identity(manifest)
            if wanted not in self._objects:
                return
            inside = self._inside(wanted.name) if wanted.kind == "Namespace" else []
            for each in [wanted, *inside]:
                self._finalize(each)
            for each in [wanted, *inside]:
                del self._objects[each]
            self.swept += [each.text for each in inside]
            if wanted.kind == "Namespace":
                self._sweep_releases(wanted.name)

    def install(self, release: Manifest) -> Manifest:
        """Install a chart, and return its outputs."""
        with self._lock:
            where = self._namespace(release)
            if (where, release["name"]) in self._releases:
                raise RefusedError("cannot re-use a name that is still in use")
            if release.get("createNamespace") is not True and not self._exists(where):
                raise RefusedError(f'create: failed to create: namespaces "{where}" not found')
            awaited = WAITS_FOR.get(release["chart"])
            if awaited and awaited not in {each["chart"] for each in self._releases.values()}:
                raise RefusedError(f"context deadline exceeded: pods of chart {release['chart']} wait for {awaited}")
            return self._deploy(where, release, revision=1)

    def upgrade(self, release: Manifest) -> Manifest:
        """Upgrade an existing release."""
        with self._lock:
            where = self._namespace(release)
            before = self._releases.get((where, release["name"]))
            if before is None:
                raise RefusedError(f'"{release["name"]}" has no deployed releases')
            return self._deploy(where, release, revision=before["status"]["revision"] + 1)

    def uninstall(self, release: Manifest) -> None:
        """Remove a release; CRDs that came with it stay."""
        with self._lock:
            if self._releases.pop((self._namespace(release), release["name"]), None) is None:
                raise RefusedError(f"uninstall: Release not loaded: {release['name']}: release: not found")

    def release(self, wanted: Manifest) -> Manifest | None:
        """Return the outputs of a release."""
        with self._lock:
            return self._releases.get((self._namespace(wanted), wanted["name"]))

    def objects(self) -> dict[Identity, Manifest]:
        """Return everything applied, in its current state."""
        with self._lock:
            return dict(self._objects)

    def releases(self) -> dict[str, Manifest]:
        """Return the releases by namespace/name."""
        with self._lock:
            return {f"{where}/{name}": each for (where, name), each in self._releases.items()}

    def cancel(self) -> None:
        """Do nothing: no call waits."""

    def leftovers(self) -> list[Identity]:
        """Return all objects and releases."""
        with self._lock:
            releases = [Identity("helm.sh", "Release", where, name) for where, name in self._releases]
            return sorted([*self._objects, *releases])

    def _allowed(self, manifest: Manifest) -> Identity:
        wanted = identity(manifest)
        if not built_in(wanted.group) and CHART_OF_GROUP.get(wanted.group) not in self._charts_ever:
            raise RefusedError(f'no matches for kind "{wanted.kind}" in version "{manifest["apiVersion"]}"')
        if wanted.namespace and not self._exists(wanted.namespace):
            raise RefusedError(f'namespaces "{wanted.namespace}" not found')
        return wanted

    def _exists(self, namespace: str) -> bool:
        return namespace in NAMESPACES or Identity("", "Namespace", "", namespace) in self._objects

    def _store(self, wanted: Identity, manifest: Manifest, born: dict[str, str]) -> Manifest:
        self._version += 1
        metadata = manifest["metadata"] | born | {"resourceVersion": str(self._version)}
        stored = manifest | {"metadata": metadata}
        if wanted.kind == "Secret":
            stored["data"] = manifest.get("data", {}) | {
                key: base64.b64encode(text.encode()).decode() for key, text in manifest.get("stringData", {}).items()
            }
        self._objects[wanted] = stored
        return stored

    def _finalize(self, wanted: Identity) -> None:
        """Remove a binding's finalizer as only its controller does, once the targets are deregistered."""
        installed = {each["chart"] for each in self._releases.values()}
        if wanted.kind == "TargetGroupBinding" and CONTROLLER not in installed:
            raise RefusedError(
                f"{wanted.text} is never gone: its finalizer elbv2.k8s.aws/resources waits for {CONTROLLER}"
            )

    def _inside(self, namespace: str) -> list[Identity]:
        return sorted(each for each in self._objects if each.namespace == namespace)

    def _sweep_releases(self, namespace: str) -> None:
        for where, name in [each for each in self._releases if each[0] == namespace]:
            del self._releases[where, name]
            self.swept.append(f"Release {where}/{name}")

    def _deploy(self, where: str, release: Manifest, revision: int) -> Manifest:
        self._charts_ever.add(release["chart"])
        deployed = release | {
            "namespace": where,
            "resourceNames": {},
            "status": {
                "appVersion": release.get("version", ""),
                "chart": release["chart"],
                "name": release["name"],
                "namespace": where,
                "revision": revision,
                "status": "deployed",
                "version": release.get("version", ""),
            },
        }
        self._releases[where, release["name"]] = deployed
        return deployed

    @staticmethod
    def _namespace(release: Manifest) -> str:
        return str(release.get("namespace", "default"))
