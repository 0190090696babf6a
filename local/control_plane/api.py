"""Objects of a Kubernetes API server as plain dictionaries."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from local.control_plane.api_connection import JSON, Connection, Manifest, Query
from local.control_plane.api_errors import NOT_FOUND, ApiRefusedError
from local.control_plane.api_kinds import Kinds, Place
from local.control_plane.api_watch import Watch
from local.processes import poll
from local.providers.kubernetes import objects

__all__ = ["Api", "ApiRefusedError", "Manifest", "Watch"]

APPLY = "application/apply-patch+yaml"
MERGE, STRATEGIC = "application/merge-patch+json", "application/strategic-merge-patch+json"

Manifests = list[Manifest]


class Api:
    """Asked from any thread. Every method may raise ApiUnreachableError, and ApiRefusedError with the server's message.

    Writes are checked strictly: unknown and repeated fields are refused (fieldValidation=Strict). Where a method takes
    a manifest, it names the object itself; one without a namespace is in ``default``.
    """

    def __init__(self, connection: Connection, kinds: Kinds | None = None) -> None:
        self._connection = connection
        self._kinds = kinds or Kinds(self._served)

    @classmethod
    def of(cls, kubeconfig: Path) -> "Api":
        """Connect as the kubeconfig's user."""
        return cls(Connection.of(kubeconfig))

    def as_user(self, name: str, groups: Sequence[str] = ()) -> "Api":
        """Return the same API server as another user, to test what roles allow. Groups of ServiceAccounts are added."""
        return Api(self._connection.as_user(name, groups), self._kinds)

    @property
    def url(self) -> str:
        """Return the URL of the API server."""
        return self._connection.url

    def knows(self, api_version: str, kind: str) -> bool:
        """Return whether the kind is served now."""
        return self._kinds.find(api_version, kind) is not None

    def get(self, api_version: str, kind: str, name: str, namespace: str | None = None) -> Manifest | None:
        """Return the object, None when there is none. A kind that is not served is refused."""
        try:
            return self.request("GET", self._place(api_version, kind).path(namespace, name))
        except ApiRefusedError as error:
            if error.missing and not error.unknown_kind:
                return None
            raise

    def list(
        self, api_version: str, kind: str, namespace: str | None = None, *, labels: str = "", fields: str = ""
    ) -> Manifests:
        """Return the objects of a namespace, or of all, by label and field selectors."""
        path = self._place(api_version, kind).path(namespace)
        answer = self.request("GET", path, _selectors(labels, fields))
        # Objects of a list come without.
        return [{"apiVersion": api_version, "kind": kind} | each for each in answer.get("items") or ()]

    def create(self, manifest: Manifest, *, field_manager: str | None = None, dry_run: bool = False) -> Manifest:
        """Create an object; return what the server stores."""
        return self.request("POST", self._path(manifest, named=False), _writing(field_manager, dry_run), manifest)

    def apply(self, manifest: Manifest, *, field_manager: str, dry_run: bool = False, force: bool = False) -> Manifest:
        """Apply server-side: create an object, or change the fields given; return what the server stores.

        force: take over fields that another manager has set otherwise, which is refused as a conflict without it.
        """
        query = {**_writing(field_manager, dry_run), "force": force}
        return self.request("PATCH", self._path(manifest), query, manifest, APPLY)

    def replace(self, manifest: Manifest, *, field_manager: str | None = None, dry_run: bool = False) -> Manifest:
        """Replace an object; if its metadata has a version, that version only."""
        return self.request("PUT", self._path(manifest), _writing(field_manager, dry_run), manifest)

    def patch(
        self, manifest: Manifest, *, subresource: str | None = None, field_manager: str | None = None
    ) -> Manifest:
        """Change the fields given; None removes one. Lists of built-in kinds are merged by their keys."""
        built_in = objects.built_in(manifest["apiVersion"].rpartition("/")[0])
        path = self._path(manifest, subresource=subresource)
        return self.request("PATCH", path, _writing(field_manager), manifest, STRATEGIC if built_in else MERGE)

    def patch_status(self, manifest: Manifest, *, field_manager: str | None = None) -> Manifest:
        """Patch the status as ``patch`` does: conditions that are not named stay."""
        return self.patch(manifest, subresource="status", field_manager=field_manager)

    def delete(
        self,
        api_version: str,
        kind: str,
        name: str,
        namespace: str | None = None,
        *,
        wait: float = 0,
        grace: int | None = None,
        uid: str | None = None,
    ) -> bool:
        """Request the deletion of an object; return whether there was one. What it owns is deleted after it.

        wait: seconds within which it must be gone; raises TimeoutError with what it waits for. grace: seconds for a Pod
        to end, 0 at once. uid: this object and no later one of its name.
        """
        path = self._place(api_version, kind).path(namespace, name)
        options = {"propagationPolicy": "Background", "gracePeriodSeconds": grace}
        body = {key: value for key, value in options.items() if value is not None}
        try:
            self.request("DELETE", path, {}, body | ({"preconditions": {"uid": uid}} if uid else {}))
        except ApiRefusedError as error:
            if error.missing and not error.unknown_kind:
                return False
            raise
        if wait and not poll(lambda: self.get(api_version, kind, name, namespace) is None, within=wait):
            left = self.get(api_version, kind, name, namespace) or {}
            raise TimeoutError(f"{kind} {name} is not gone after {wait:.0f} s: {_what_it_waits_for(left)}")
        return True

    def post(
        self, api_version: str, kind: str, name: str, namespace: str | None, subresource: str, body: Manifest
    ) -> Manifest:
        """Send a request to a subresource of an object: ``token`` of a ServiceAccount, ``eviction`` of a Pod."""
        return self.request("POST", self._place(api_version, kind).path(namespace, name, subresource), {}, body)

    def watch(
        self, api_version: str, kind: str, namespace: str | None = None, *, labels: str = "", fields: str = ""
    ) -> Watch:
        """Watch the objects that exist and their changes; the kind itself may be added later."""
        return Watch(
            self._connection,
            lambda: self._place(api_version, kind).path(namespace),
            _selectors(labels, fields),
            {"apiVersion": api_version, "kind": kind},
        )

    def request(
        self, method: str, path: str, query: Query | None = None, body: Manifest | None = None, content: str = JSON
    ) -> Manifest:
        """Send any other request; a text is returned as {"text": …}."""
        return self._connection.request(method, path, query, body, content)

    def _path(self, manifest: Manifest, *, named: bool = True, subresource: str | None = None) -> str:
        metadata = manifest["metadata"]
        place = self._place(manifest["apiVersion"], manifest["kind"])
        name = metadata["name"] if named else None
        return place.path(metadata.get("namespace", "default"), name, subresource)

    def _place(self, api_version: str, kind: str) -> Place:
        found = self._kinds.find(api_version, kind)
        if found is None:
            raise ApiRefusedError(
                NOT_FOUND, ApiRefusedError.UNKNOWN_KIND, f'no matches for kind "{kind}" in version "{api_version}"'
            )
        return found

    def _served(self, path: str) -> Manifest | None:
        try:
            return self.request("GET", path)
        except ApiRefusedError as error:
            if error.missing:
                return None
            raise


def _writing(field_manager: str | None, dry_run: bool = False) -> dict[str, str | None]:
    return {"fieldValidation": "Strict", "fieldManager": field_manager, "dryRun": "All" if dry_run else None}


def _selectors(labels: str, fields: str) -> Mapping[str, str]:
    given = {"labelSelector": labels, "fieldSelector": fields}
    return {key: value for key, value in given.items() if value}


def _what_it_waits_for(left: Manifest) -> str:
    metadata, status = left.get("metadata", {}), left.get("status", {})
    conditions = [each["message"] for each in status.get("conditions", ()) if each.get("message")]
    finalizers = metadata.get("finalizers", []) + left.get("spec", {}).get("finalizers", [])
    return "; ".join([*(f"finalizer {each}" for each in finalizers), *conditions]) or "nobody says why"
