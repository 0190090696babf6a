"""How large a mesh the memory of a stack's istiod and sidecars holds, by what was measured (``mesh_load``)."""

from dataclasses import dataclass

from ..kubernetes.quantities import MIB
from ..settings import Settings
from . import mesh_load
from . import pods as pod_requests

# The mesh that an istiod is held against: one that was measured.
SERVICES, SEEN = 1000, 20


@dataclass(frozen=True, kw_only=True)
class MeshRoom:
    """istiod, sidecar: MiB that they ask for.

    proxies: that the istiod serves within that, when there are ``SERVICES`` and each proxy sees ``SEEN`` of them.
    visible: services that the sidecar may see within that.
    """

    istiod: int
    sidecar: int
    proxies: int
    visible: int


def about(number: int) -> int:
    """Its first two digits: nobody knows more of what was predicted."""
    return round(number, 2 - len(str(number)))


def room(settings: Settings, region: str) -> MeshRoom:
    """By the requests with which both are installed. Raises quantities.NotANumber."""
    istiod = pod_requests.system(settings, region)[0].each.memory
    sidecar = pod_requests.sidecar(settings).memory
    return MeshRoom(
        istiod=istiod,
        sidecar=sidecar,
        proxies=about(mesh_load.proxies_within(istiod * MIB, SERVICES, SEEN)),
        visible=about(mesh_load.visible_within(sidecar * MIB)),
    )
