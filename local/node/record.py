"""A Pod object: what the API server says of it, and is told."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from local.control_plane.api import Api
from local.control_plane.api_errors import ApiRefusedError, ApiUnreachableError
from local.node.life import DEFAULT_GRACE

Manifest = Mapping[str, Any]


class Record:
    """One, by its uid.

    manifest: the latest that is known. gone: set when there is no such object any more.
    behind: the API server has not been told the latest status.
    """

    def __init__(self, api: Api, manifest: Manifest, complain: Callable[[str], None]) -> None:
        self.manifest = manifest
        self.gone = threading.Event()
        self.behind = False
        self._api, self._complain = api, complain
        self._told: Manifest | None = None
        self._lock = threading.Lock()

    @property
    def asked_to_end(self) -> bool:
        """Return whether the pod is being deleted."""
        return "deletionTimestamp" in self.manifest["metadata"]

    @property
    def grace(self) -> float:
        """Return the seconds that the pod's containers get to end."""
        asked = self.manifest["metadata"].get("deletionGracePeriodSeconds")
        planned = self.manifest["spec"].get("terminationGracePeriodSeconds", DEFAULT_GRACE)
        return float(planned if asked is None else asked)

    def take(self, manifest: Manifest) -> None:
        """Take a version of the object; answers and the watch come in any order, and the later version counts."""
        with self._lock:
            if _version(manifest) >= _version(self.manifest):
                self.manifest = manifest

    def report(self, status: Manifest) -> None:
        """Report the status to the API server, if it has changed."""
        if self.gone.is_set() or status == self._told:
            return
        self.behind = True
        try:
            self.take(self._api.patch_status({**self._head, "status": status}))
        except ApiUnreachableError:
            return
        except ApiRefusedError as error:
            if error.missing or error.conflict:
                # Another pod has its name by now, or none.
                self.gone.set()
            else:
                self._complain(f"The status of pod {self.manifest['metadata']['name']} is refused: {error}")
        self._told, self.behind = status, False

    def delete(self) -> bool:
        """Delete the object finally, as a kubelet does last, and return whether the API server accepted."""
        metadata = self.manifest["metadata"]
        try:
            self._api.delete("v1", "Pod", metadata["name"], metadata["namespace"], grace=0, uid=metadata["uid"])
        except ApiUnreachableError:
            return False
        except ApiRefusedError as error:
            return error.conflict
        return True

    @property
    def _head(self) -> dict[str, Any]:
        metadata = self.manifest["metadata"]
        # Never the status of another pod of this name.
        named = {key: metadata[key] for key in ("name", "namespace", "uid")}
        return {"apiVersion": "v1", "kind": "Pod", "metadata": named}


def _version(manifest: Manifest) -> int:
    return int(manifest["metadata"]["resourceVersion"])
