"""Names of Services for pods, by a hosts file for each namespace: what the cluster's DNS would answer there."""

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from local.control_plane.api import Api
from local.node.paths import make_folders

Key = TypeVar("Key")

LOCAL = ("127.0.0.1 localhost", "::1 localhost ip6-localhost")


def names(name: str, namespace: str) -> tuple[str, ...]:
    """Return the names of a Service that pods of every namespace use.

    Pods of its own namespace may also omit the namespace.
    """
    short = f"{name}.{namespace}"
    return short, f"{short}.svc", f"{short}.svc.cluster.local"


class Hosts:
    """A folder for each namespace, to be shown at ``HOSTS`` in its pods, and kept current in all of them at once.

    Only Services with an address of their own have a name here: neither headless ones nor an ExternalName.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # By namespace and name.
        self._services: dict[tuple[str, str], str] = {}
        self._outside: dict[str, str] = {}
        self._namespaces: set[str] = set()
        self._lock = threading.Lock()

    def of(self, namespace: str) -> Path:
        """Return the folder of the namespace."""
        with self._lock:
            if namespace not in self._namespaces:
                self._namespaces.add(namespace)
                self._write([namespace])
        return self._folder / namespace

    def outside(self, name: str, address: str | None) -> None:
        """Set the address of a name outside the cluster for all namespaces, or remove it with None."""
        with self._lock:
            _set(self._outside, name, address)
            self._write(self._namespaces)

    def changed(self, event: str, service: Mapping[str, Any]) -> None:
        """Apply an event of a watch on Services."""
        metadata = service["metadata"]
        key = metadata["namespace"], metadata["name"]
        address = service.get("spec", {}).get("clusterIP")
        has_one = event != "DELETED" and address not in (None, "", "None")
        with self._lock:
            before = self._services.get(key)
            _set(self._services, key, address if has_one else None)
            if self._services.get(key) != before:
                self._write(self._namespaces)

    @contextmanager
    def following(self, api: Api) -> Iterator[None]:
        """Follow the Services of this API server during the block."""
        watch = api.watch("v1", "Service")

        def follow() -> None:
            for event, service in watch:
                self.changed(event, service)

        thread = threading.Thread(target=follow, name="hosts", daemon=True)
        thread.start()
        try:
            yield
        finally:
            watch.stop()
            thread.join()

    def _write(self, namespaces: Iterable[str]) -> None:
        """Replace the whole file at once: a reader finds the old file or the new one."""
        services = sorted(self._services.items())
        common = [f"{address} {' '.join(names(name, namespace))}" for (namespace, name), address in services]
        common += [f"{address} {name}" for name, address in sorted(self._outside.items())]
        for each in namespaces:
            own = [f"{address} {name}" for (namespace, name), address in services if namespace == each]
            folder = self._folder / each
            make_folders(folder)
            fresh = folder / ".hosts"
            fresh.write_text("\n".join([*LOCAL, *common, *own, ""]))
            fresh.chmod(0o644)
            fresh.replace(folder / "hosts")


def _set(into: dict[Key, str], key: Key, value: str | None) -> None:
    if value is None:
        into.pop(key, None)
    else:
        into[key] = value
