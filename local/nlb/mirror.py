"""Objects of one kind as the API server last told of them."""

import threading
from collections.abc import Callable
from typing import Protocol

from local.control_plane.api_connection import Manifest
from local.control_plane.api_watch import Watch


class Watched(Protocol):
    """What of ``local.control_plane.api.Api`` is needed here."""

    def watch(self, api_version: str, kind: str) -> Watch:
        """Watch the existing objects and their changes."""


class Mirror:
    """Follows one kind over all namespaces, in a thread of its own. changed: called after each change."""

    def __init__(self, api: Watched, api_version: str, kind: str, changed: Callable[[], None]) -> None:
        self._watch = api.watch(api_version, kind)
        self._changed = changed
        self._found: dict[tuple[str, str], Manifest] = {}
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._follow, name=f"mirror of {kind}", daemon=True)

    def start(self) -> None:
        """Start the mirror."""
        self._thread.start()

    @property
    def complete(self) -> bool:
        """Return whether the mirror has every object that existed at the start."""
        return self._watch.synced.is_set()

    def stop(self) -> None:
        """Stop the mirror."""
        self._watch.stop()
        self._thread.join(10)

    def get(self, namespace: str, name: str) -> Manifest | None:
        """Return the object, or None when it does not exist."""
        with self._lock:
            return self._found.get((namespace, name))

    def all(self, namespace: str | None = None) -> list[Manifest]:
        """Return all objects, of one namespace or of all."""
        with self._lock:
            return [each for (place, _), each in self._found.items() if namespace in (None, place)]

    def _follow(self) -> None:
        for type_, each in self._watch:
            key = (each["metadata"].get("namespace", ""), each["metadata"]["name"])
            with self._lock:
                if type_ == "DELETED":
                    self._found.pop(key, None)
                else:
                    self._found[key] = each
            self._changed()
