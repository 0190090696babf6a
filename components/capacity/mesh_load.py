"""Memory of istiod and its sidecars, by the size of the mesh and the part of it that every proxy sees.

The functions are linear fits of the benchmark runs in docs/scale.md, which also states their error. Nothing was
measured beyond 3,000 services and a few hundred proxies. Sidecars were measured as upstream's idle Envoy and
pilot-agent, without traffic statistics, and without program text, which all sidecars of a node share.
"""

from dataclasses import dataclass

# Envoy clusters that every proxy has for itself and for the control plane.
OWN_CLUSTERS = 7
# Bytes of configuration per cluster, with its endpoints, listeners and routes, and bytes without any cluster.
CLUSTER_CONFIGURATION, OWN_CONFIGURATION = 2_100, 27_000
# Bytes of memory of a sidecar's two processes: without services to call, and per cluster.
EMPTY_SIDECAR, CLUSTER_IN_SIDECAR = 29_000_000, 88_000
# Bytes of peak memory of istiod: without a mesh, per service, and per cluster that proxies see, while it pushes to some
# of them; per proxy, and per cluster of each proxy. Close to the results of benchmarks.scale.fit, adjusted so that no
# run differs by more than a third.
EMPTY_ISTIOD, SERVICE_IN_ISTIOD, CLUSTER_TOLD = 100_000_000, 30_000, 250_000
PROXY_IN_ISTIOD, CLUSTER_OF_PROXY = 750_000, 1_100


@dataclass(frozen=True, kw_only=True)
class Load:
    """Load of a mesh on one istiod."""

    services: int
    """Services in the mesh."""
    visible: int
    """Services that each proxy sees."""
    proxies: int
    """Proxies that are connected to this istiod."""
    ports: int = 2
    """Ports per service."""


def clusters(load: Load) -> int:
    """Return the Envoy clusters of one proxy: one per port of each service that it sees."""
    return OWN_CLUSTERS + load.visible * load.ports


def configuration(load: Load) -> int:
    """Return the bytes that istiod sends to one proxy when it starts."""
    return OWN_CONFIGURATION + clusters(load) * CLUSTER_CONFIGURATION


def sidecar(load: Load) -> int:
    """Return the bytes of memory of one sidecar."""
    return EMPTY_SIDECAR + clusters(load) * CLUSTER_IN_SIDECAR


def istiod(load: Load) -> int:
    """Return the bytes of peak memory of istiod."""
    seen = clusters(load)
    mesh = EMPTY_ISTIOD + load.services * SERVICE_IN_ISTIOD + seen * CLUSTER_TOLD
    return mesh + load.proxies * (PROXY_IN_ISTIOD + seen * CLUSTER_OF_PROXY)


def visible_within(memory: int, ports: int = 2) -> int:
    """Return the number of services that a sidecar may see with so many bytes of memory."""
    return max(0, ((memory - EMPTY_SIDECAR) // CLUSTER_IN_SIDECAR - OWN_CLUSTERS) // ports)


def proxies_within(memory: int, services: int, visible: int, ports: int = 2) -> int:
    """Return the number of proxies that an istiod can serve with so many bytes of memory."""
    one = Load(services=services, visible=visible, proxies=1, ports=ports)
    none = istiod(Load(services=services, visible=visible, proxies=0, ports=ports))
    return max(0, (memory - none) // (istiod(one) - none))
