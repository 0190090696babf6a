"""Where the API server serves each kind, asked of the API server itself."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Place:
    """Paths of one kind."""

    api_version: str
    plural: str
    namespaced: bool

    def path(self, namespace: str | None, name: str | None = None, subresource: str | None = None) -> str:
        """Return the path of a collection, object or subresource; an object without a namespace is in ``default``."""
        if name and not namespace:
            namespace = "default"
        root = "/apis/" if "/" in self.api_version else "/api/"
        parts = [self.plural, name, subresource]
        if namespace and self.namespaced:
            parts = ["namespaces", namespace, *parts]
        return root + "/".join([self.api_version, *(part for part in parts if part)])


class Kinds:
    """What was learned; kinds that custom resource definitions add are asked for again until they are there."""

    def __init__(self, fetch: Callable[[str], Mapping[str, Any] | None]) -> None:
        """Look kinds up with ``fetch``, which reads a path and returns None where nothing is served."""
        self._fetch = fetch
        self._known: dict[tuple[str, str], Place] = {}
        self._lock = threading.Lock()

    def find(self, api_version: str, kind: str) -> Place | None:
        """Return the place of a kind; None while the API server does not serve the kind."""
        with self._lock:
            if (api_version, kind) not in self._known:
                self._learn(api_version)
            return self._known.get((api_version, kind))

    def _learn(self, api_version: str) -> None:
        served = self._fetch(("/apis/" if "/" in api_version else "/api/") + api_version) or {}
        for each in served.get("resources", ()):
            # Subresources are listed as plural/name.
            if "/" not in each["name"]:
                self._known[api_version, each["kind"]] = Place(api_version, each["name"], each["namespaced"])
