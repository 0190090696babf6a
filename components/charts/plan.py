"""A Helm release as a plan: name, chart, version, values and patience."""

from dataclasses import dataclass

from ..settings import versions
from .values import Values

# Seconds. Helm waits until every pod is ready; the first pull of Istio's images alone may take a minute.
TIMEOUT = 600


@dataclass(frozen=True, kw_only=True)
class Release:
    """One Helm release, as ``charts.component`` installs it; ``timeout`` in seconds."""

    name: str
    chart: str
    repository: str
    version: str
    namespace: str
    values: Values
    timeout: int


def of_istio(name: str, chart: str, version: str, namespace: str, values: Values, timeout: int = TIMEOUT) -> Release:
    """Return a release of one of Istio's charts."""
    return Release(
        name=name,
        chart=chart,
        repository=versions.ISTIO_CHARTS,
        version=version,
        namespace=namespace,
        values=values,
        timeout=timeout,
    )
