"""What a mesh makes istiod and its sidecars hold, by how much of it every proxy sees.

Straight lines through the runs that docs/scale.md shows, which also says how far they are off; beyond 3,000 services
and a few hundred proxies nobody looked. Sidecars: upstream's Envoy and pilot-agent at rest, without the statistics of
traffic, and without program text, which all sidecars of a node share.
"""

from dataclasses import dataclass

# Clusters that a proxy has of itself and of the control plane.
OWN_CLUSTERS = 7
# Bytes of configuration a cluster comes with, its endpoints, listeners and routes counted, and those without any.
CLUSTER_CONFIGURATION, OWN_CONFIGURATION = 2_100, 27_000
# Bytes of memory of a sidecar's two processes: with nothing to call, and for each cluster.
EMPTY_SIDECAR, CLUSTER_IN_SIDECAR = 29_000_000, 88_000
# Bytes of memory of istiod at its peak: alone, for each service that it knows, and for each cluster that proxies see,
# while it tells some of them; for each proxy, and for each cluster of each proxy.
# Near what benchmarks.scale.fit finds, moved so that no run is off by more than a third.
EMPTY_ISTIOD, SERVICE_IN_ISTIOD, CLUSTER_TOLD = 100_000_000, 30_000, 250_000
PROXY_IN_ISTIOD, CLUSTER_OF_PROXY = 750_000, 1_100


@dataclass(frozen=True, kw_only=True)
class Load:
    """A mesh as one istiod has it.

    services: that it knows. visible: of them, those that a proxy may call. ports: of each. proxies: connected to it.
    """

    services: int
    visible: int
    proxies: int
    ports: int = 2


def clusters(load: Load) -> int:
    """Of one proxy: one for each port of each service that it sees."""
    return OWN_CLUSTERS + load.visible * load.ports


def configuration(load: Load) -> int:
    """Bytes that one proxy is sent when it starts."""
    return OWN_CONFIGURATION + clusters(load) * CLUSTER_CONFIGURATION


def sidecar(load: Load) -> int:
    """Bytes of memory of one sidecar."""
    return EMPTY_SIDECAR + clusters(load) * CLUSTER_IN_SIDECAR


def istiod(load: Load) -> int:
    """Bytes of memory of istiod at its peak."""
    seen = clusters(load)
    mesh = EMPTY_ISTIOD + load.services * SERVICE_IN_ISTIOD + seen * CLUSTER_TOLD
    return mesh + load.proxies * (PROXY_IN_ISTIOD + seen * CLUSTER_OF_PROXY)


def visible_within(memory: int, ports: int = 2) -> int:
    """How many services a sidecar may see, by memory in bytes."""
    return max(0, ((memory - EMPTY_SIDECAR) // CLUSTER_IN_SIDECAR - OWN_CLUSTERS) // ports)


def proxies_within(memory: int, services: int, visible: int, ports: int = 2) -> int:
    """How many proxies an istiod has room for, by memory in bytes."""
    one = Load(services=services, visible=visible, proxies=1, ports=ports)
    none = istiod(Load(services=services, visible=visible, proxies=0, ports=ports))
    return max(0, (memory - none) // (istiod(one) - none))
