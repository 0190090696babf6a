"""Size of the mesh that the memory of a stack's istiod and sidecars supports, from measurements (``mesh_load``)."""

from dataclasses import dataclass

from ..kubernetes.quantities import MIB
from ..settings import Settings
from . import mesh_load
from . import pods as pod_requests

# Size of the reference mesh, which was measured: services in total, and services that each proxy sees.
SERVICES, SEEN = 1000, 20


@dataclass(frozen=True, kw_only=True)
class MeshRoom:
    """Memory requests, and the mesh that they support."""

    istiod: int
    """Memory request of istiod, in MiB."""
    sidecar: int
    """Memory request of a sidecar, in MiB."""
    proxies: int
    """Proxies that istiod serves within its request, with ``SERVICES`` services of which each proxy sees ``SEEN``."""
    visible: int
    """Services that a sidecar may see within its request."""


def about(number: int) -> int:
    """Round to two significant digits, the precision of the prediction."""
    return round(number, 2 - len(str(number)))


def room(settings: Settings, region: str) -> MeshRoom:
    """Return the headroom for the memory requests with which both are installed.

    Raises:
        NotANumberError: a request in the settings is not a quantity.
    """
    istiod = pod_requests.system(settings, region)[0].each.memory
    sidecar = pod_requests.sidecar(settings).memory
    return MeshRoom(
        istiod=istiod,
        sidecar=sidecar,
        proxies=about(mesh_load.proxies_within(istiod * MIB, SERVICES, SEEN)),
        visible=about(mesh_load.visible_within(sidecar * MIB)),
    )
