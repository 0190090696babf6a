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
        """As texts for a person."""

    def preview(self, manifest: Manifest, outputs: Manifest | None) -> None:
        """Refuse what would be refused, and do nothing; ``outputs`` of the object when it is there already."""

    def create(self, manifest: Manifest) -> Manifest:
        """Add an object."""

    def update(self, manifest: Manifest, outputs: Manifest) -> Manifest:
        """Change an object; ``outputs`` are those before."""

    def find(self, manifest: Manifest) -> Manifest | None:
        """The object that a manifest names."""

    def delete(self, manifest: Manifest) -> None:
        """Remove the object that a manifest names; one that is gone already is no error."""

    def install(self, release: Manifest) -> Manifest:
        """Install a chart."""

    def upgrade(self, release: Manifest) -> Manifest:
        """Upgrade a release that is there."""

    def uninstall(self, release: Manifest) -> None:
        """Remove a release."""

    def release(self, wanted: Manifest) -> Manifest | None:
        """The release of this name and namespace."""

    def objects(self) -> dict[Identity, Manifest]:
        """What was applied, as it stands."""

    def releases(self) -> dict[str, Manifest]:
        """Releases by namespace/name."""

    def cancel(self) -> None:
        """End what is being waited for; what comes later is not touched."""

    def leftovers(self) -> list[Identity]:
        """Objects and releases that are still there."""
