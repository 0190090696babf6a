"""Plan of a Helm release: name, chart, version, values and timeout."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..kubernetes.quantities import Path
from ..settings import versions
from .located import Located, at
from .values import Values, merge

TIMEOUT_SECONDS = 600
"""Time that Helm waits for every pod to be ready; the first pull of Istio's images alone may take a minute."""


@dataclass(frozen=True, kw_only=True)
class Release:
    """One Helm release, as ``charts.component`` installs it."""

    name: str
    """Name of the release."""
    chart: str
    """Name of the chart in its repository."""
    repository: str
    """URL of the repository."""
    version: str
    """Version of the chart."""
    namespace: str
    """Kubernetes namespace, which must exist."""
    defaults: Values
    """Values that this stack sets."""
    overrides: Mapping[str, Any] = field(default_factory=dict)
    """Values of the settings, merged over the defaults."""
    overrides_path: Path
    """Path of the overrides in the settings."""
    legacy_scope: str | None = None
    """Key whose values Istio's chart merges over those beside it (its ``zzy_descope_legacy.yaml``)."""
    timeout_seconds: int = TIMEOUT_SECONDS
    """Time that Helm waits for everything in it to be ready."""

    @property
    def values(self) -> Values:
        """Values for the chart."""
        return merge(self.defaults, self.overrides)

    @property
    def located(self) -> Located:
        """Values with their paths in the settings."""
        return at(self.overrides_path, self.values, self.legacy_scope)


def of_istio(
    name: str,
    chart: str,
    version: str,
    namespace: str,
    defaults: Values,
    overrides: Mapping[str, Any],
    *,
    overrides_path: Path,
    legacy_scope: str | None = None,
    timeout_seconds: int = TIMEOUT_SECONDS,
) -> Release:
    """Return a release of one of Istio's charts."""
    return Release(
        name=name,
        chart=chart,
        repository=versions.ISTIO_CHARTS,
        version=version,
        namespace=namespace,
        defaults=defaults,
        overrides=overrides,
        overrides_path=overrides_path,
        legacy_scope=legacy_scope,
        timeout_seconds=timeout_seconds,
    )
