"""The release of the AWS Load Balancer Controller, whose chart cannot be had here: recorded, not installed.

What the rest of the stack needs of it comes with it: the kind that ``target_group_binding`` describes.
"""

from local.providers.kubernetes import target_group_binding
from local.providers.kubernetes.api_objects import Objects
from local.providers.kubernetes.kept_cluster import CONTROLLER, Cluster
from local.providers.kubernetes.releases import Releases
from local.providers.kubernetes.target import Manifest
from local.providers.protocol.failures import RefusedError


class AllReleases:
    """Those that helm installs, and the one that is only recorded."""

    def __init__(self, installed: Releases, objects: Objects) -> None:
        self._installed = installed
        self._recorded = Cluster()
        self._objects = objects

    def install(self, release: Manifest) -> Manifest:
        """Install the release. Raises RefusedError and UnreadyError, ApiRefusedError for objects that come with it."""
        installed = self._of(release).install(release)
        if release["chart"] == CONTROLLER:
            self._define_bindings()
        return installed

    def upgrade(self, release: Manifest) -> Manifest:
        """Upgrade the release. Raises RefusedError and UnreadyError."""
        return self._of(release).upgrade(release)

    def uninstall(self, release: Manifest) -> None:
        """Uninstall the release. Raises RefusedError.

        The kind of bindings stays, like what a chart defines in ``crds/``.
        """
        self._of(release).uninstall(release)

    def find(self, release: Manifest) -> Manifest | None:
        """Return the outputs of an existing release."""
        return self._recorded.release(release) if release["chart"] == CONTROLLER else self._installed.find(release)

    def all(self) -> dict[str, Manifest]:
        """Return the rows of ``helm list`` and the recorded releases, by namespace/name."""
        return self._installed.all() | self._recorded.releases()

    def _of(self, release: Manifest) -> Releases | Cluster:
        return self._recorded if release["chart"] == CONTROLLER else self._installed

    def _define_bindings(self) -> None:
        definition = target_group_binding.DEFINITION
        self._objects.apply(definition, CONTROLLER)
        lacking = self._objects.unready(definition)
        if lacking:
            raise RefusedError(f"{definition['metadata']['name']}: {', '.join(lacking)}")
