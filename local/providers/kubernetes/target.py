"""What stands behind the kubernetes stand-in: a cluster that only keeps what it is given, or a real API server."""

from typing import Any, Protocol

from local.providers.kubernetes.objects import Identity

Manifest = dict[str, Any]


class Target(Protocol):
    """Takes manifests of objects and inputs of releases, gives outputs; raises RefusedError and UnreadyError.

    swept: what went with its namespace, and nobody deleted before: for tests that want none.
    """

    @property
    def swept(self) -> list[str]:
        """Return what was deleted only because its namespace was, as texts for a person."""

    def preview(self, manifest: Manifest, outputs: Manifest | None) -> None:
        """Refuse what would be refused, and do nothing; ``outputs`` are the object's when it exists already."""

    def create(self, manifest: Manifest) -> Manifest:
        """Add an object."""

    def update(self, manifest: Manifest, outputs: Manifest) -> Manifest:
        """Change an object; ``outputs`` are those before."""

    def find(self, manifest: Manifest) -> Manifest | None:
        """Return the object that a manifest names."""

    def delete(self, manifest: Manifest) -> None:
        """Remove the object that a manifest names; one that is deleted already is no error."""

    def install(self, release: Manifest) -> Manifest:
        """Install a chart."""

    def upgrade(self, release: Manifest) -> Manifest:
        """Upgrade an existing release."""

    def uninstall(self, release: Manifest) -> None:
        """Remove a release."""

    def release(self, wanted: Manifest) -> Manifest | None:
        """Return the release of this name and namespace."""

    def objects(self) -> dict[Identity, Manifest]:
        """Return the applied objects in their current state."""

    def releases(self) -> dict[str, Manifest]:
        """Return the releases by namespace/name."""

    def cancel(self) -> None:
        """Cancel all waiting; later calls are not affected."""

    def leftovers(self) -> list[Identity]:
        """Return objects and releases that still exist."""
