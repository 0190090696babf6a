"""Objects on a real API server, written, awaited and deleted as pulumi-kubernetes does (provider/pkg/await).

Stricter here: unknown fields are refused, the provider only warns of them. It makes an object with a plain POST and
goes over to server-side apply with the first update, after it has made the fields its own; here the first write is an
apply as well. Not waited for: the ten seconds that the provider gives endpoints to settle.
"""

import base64
import threading
from collections.abc import Callable
from typing import Any

from local.control_plane.api import Api
from local.control_plane.api_errors import CONFLICT, ApiRefusedError, ApiUnreachableError
from local.control_plane.api_kinds import Kinds
from local.processes import poll
from local.providers.kubernetes import awaits
from local.providers.kubernetes.objects import identity
from local.providers.kubernetes.target import Manifest

PATCH_FORCE = "pulumi.com/patchForce"
# Seconds between tries while a namespace or a kind is not there yet.
RETRIES = (0.5, 1.0, 2.0, 4.0, 8.0)
EVERY = 0.25


class Objects:
    """patience: seconds after which waiting ends, when that is sooner than the provider's own end of waiting."""

    def __init__(self, api: Api, patience: float | None = None) -> None:
        self._api = api
        self._patience = patience
        self._kinds = Kinds(self._served)
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Cancel all waiting that has begun; later calls wait again."""
        before, self._cancelled = self._cancelled, threading.Event()
        before.set()

    def live(self, manifest: Manifest) -> Manifest | None:
        """Return the object that a manifest names; None also when its kind is not served any more."""
        metadata = manifest["metadata"]
        where = (metadata["name"], metadata.get("namespace", "default"))
        try:
            return self._api.get(manifest["apiVersion"], manifest["kind"], *where)
        except ApiRefusedError as refusal:
            if refusal.missing:
                return None
            raise

    def try_out(self, manifest: Manifest, manager: str | None) -> None:
        """Submit a dry run, of a creation without ``manager``. Raises ApiRefusedError.

        Does nothing when the kind is not served.
        """
        if not self._api.knows(manifest["apiVersion"], manifest["kind"]):
            return
        if manager is None:
            self._api.create(normal(manifest), dry_run=True)
        else:
            self._api.apply(normal(manifest), field_manager=manager, dry_run=True, force=_forced(manifest))

    def create(self, manifest: Manifest, manager: str) -> None:
        """Create the object.

        Raises ApiRefusedError: at once when it exists, after some tries while namespace or kind are missing.
        """
        cancelled = self._cancelled
        for pause in (*RETRIES, None):
            try:
                self._create(manifest, manager)
                return
            except ApiRefusedError as refusal:
                if not refusal.missing or pause is None or pause > self._within(pause) or cancelled.is_set():
                    raise
            cancelled.wait(pause)

    def apply(self, manifest: Manifest, manager: str) -> None:
        """Apply the object on the server.

        Raises ApiRefusedError, also when another manager has set a field otherwise.
        """
        self._api.apply(normal(manifest), field_manager=manager, force=_forced(manifest))

    def unready(self, manifest: Manifest) -> list[str]:
        """Wait as long as the provider does, and return what the object lacks; return empty once it is ready."""
        kind = awaits.AWAITED.get((manifest["apiVersion"], manifest["kind"]))
        if kind is None or _annotated(manifest, awaits.SKIP_AWAIT):
            return []
        reasons: list[str] = []

        def ready() -> bool:
            live = self.live(manifest)
            reasons[:] = ["it is gone"] if live is None else kind.lacking(self._api, live)
            return not reasons

        self._until(ready, kind.seconds)
        return list(reasons)

    def delete(self, manifest: Manifest) -> None:
        """Delete the object, after what it owns. Raises TimeoutError with what it waits for."""
        place = self._kinds.find(manifest["apiVersion"], manifest["kind"])
        if place is None:
            return
        metadata = manifest["metadata"]
        path = place.path(metadata.get("namespace", "default"), metadata["name"])
        try:
            self._api.request("DELETE", path, {}, {"propagationPolicy": "Foreground"})
        except ApiRefusedError as refusal:
            if refusal.missing:
                return
            raise
        seconds = awaits.DELETED.get(manifest["kind"], awaits.DELETED_SECONDS)
        if not self._until(lambda: self.live(manifest) is None, seconds):
            raise TimeoutError(awaits.stuck(self.live(manifest) or manifest))

    def _create(self, manifest: Manifest, manager: str) -> None:
        metadata = manifest["metadata"]
        where = (metadata["name"], metadata.get("namespace", "default"))
        if self._api.get(manifest["apiVersion"], manifest["kind"], *where) is not None:
            wanted = identity(manifest)
            raise ApiRefusedError(CONFLICT, "AlreadyExists", f'{wanted.resource} "{wanted.name}" already exists')
        self.apply(manifest, manager)

    def _served(self, path: str) -> Manifest | None:
        try:
            return self._api.request("GET", path)
        except ApiRefusedError as refusal:
            if refusal.missing:
                return None
            raise

    def _until(self, there: Callable[[], bool], seconds: float) -> bool:
        """Wait for the condition, and return whether it was met; a temporarily silent API server ends nothing."""
        cancelled, came = self._cancelled, False

        def over() -> bool:
            nonlocal came
            came = _answered(there)
            return came or cancelled.is_set()

        poll(over, within=self._within(seconds), every=EVERY)
        return came

    def _within(self, seconds: float) -> float:
        return seconds if self._patience is None else min(seconds, self._patience)


def normal(manifest: Manifest) -> Manifest:
    """Return the manifest to send: no private ``__`` fields, a Secret's texts in ``data`` (provider: normalizeInputs).

    With ``stringData`` an apply would never remove a key: the server keeps no fields of it.
    """
    sent = {key: value for key, value in manifest.items() if not key.startswith("__")}
    if sent["kind"] != "Secret" or not all(isinstance(text, str) for text in sent.get("stringData", {}).values()):
        return sent
    texts = {key: base64.b64encode(text.encode()).decode() for key, text in sent.pop("stringData", {}).items()}
    return sent | {"data": {**sent.get("data", {}), **texts}} if texts else sent


def _forced(manifest: Manifest) -> bool:
    return _annotated(manifest, PATCH_FORCE)


def _annotated(manifest: Manifest, key: str) -> bool:
    annotations: dict[str, Any] = manifest["metadata"].get("annotations") or {}
    return annotations.get(key) == "true"


def _answered(there: Callable[[], bool]) -> bool:
    try:
        return there()
    except ApiUnreachableError:
        return False
