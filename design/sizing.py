"""What the mesh asks of the nodes, per ``mesh.size``.

small: trying out, one replica of each. medium: up to about 300 services. large: about 1000. xlarge: about 3000.

Where the numbers come from: istiod's 500m and 2Gi at medium are the chart's defaults; Istio's published load test of
1000 services needed 1 vCPU and 1.5 GB for istiod, and 0.2 vCPU and 60 MB for a sidecar at 1000 requests a second.
Everything else is an estimate from these two, to be replaced by what a real mesh shows.
"""

import math
from dataclasses import dataclass, replace

from design import settings


@dataclass(frozen=True, kw_only=True)
class Resources:
    """Requests and limits of one container, as Kubernetes quantities."""

    requests: dict[str, str]
    limits: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How many pods there are, and what an autoscaler looks at.

    target_cpu: percent of the request. scale_down: seconds that pods are kept after a peak.
    """

    min_replicas: int
    max_replicas: int
    target_cpu: int = 80
    scale_down: int = 300

    @property
    def fixed(self) -> bool:
        """Whether an autoscaler has nothing to decide."""
        return self.max_replicas == self.min_replicas

    @property
    def min_available(self) -> int:
        """Pods that a drain leaves: a third may be away at once. 0 stands for no disruption budget."""
        return self.min_replicas - math.ceil(self.min_replicas / 3)


@dataclass(frozen=True, kw_only=True)
class IstiodSizing:
    """One revision of istiod. ``max_surge``: pods that an upgrade adds for its time."""

    resources: Resources
    scale: Scale
    max_surge: int = 1


@dataclass(frozen=True, kw_only=True)
class GatewaySizing:
    """One gateway. ``max_surge``: percent of its pods that an upgrade replaces at a time."""

    resources: Resources
    scale: Scale
    max_surge: int = 25

    @property
    def waves(self) -> int:
        """In how many steps an upgrade replaces all pods when scaled out; Kubernetes rounds the surge up."""
        pods = self.scale.max_replicas
        return math.ceil(pods / math.ceil(pods * self.max_surge / 100))


def _istiod(cpu: str, memory: str) -> Resources:
    # A CPU limit would set GOMAXPROCS and slow every push. What is used beyond the memory request is evicted first,
    # and Go keeps below its limit by itself: so the limit is the request.
    return Resources(requests={"cpu": cpu, "memory": memory}, limits={"memory": memory})


def _proxy(cpu: str, memory: str, memory_limit: str) -> Resources:
    # Envoy starts as many workers as its CPU limit has cores; without one, as many as the node has.
    return Resources(requests={"cpu": cpu, "memory": memory}, limits={"cpu": "2000m", "memory": memory_limit})


ISTIOD: dict[settings.Size, IstiodSizing] = {
    "small": IstiodSizing(resources=_istiod("100m", "512Mi"), scale=Scale(min_replicas=1, max_replicas=1)),
    "medium": IstiodSizing(resources=_istiod("500m", "2Gi"), scale=Scale(min_replicas=3, max_replicas=6)),
    "large": IstiodSizing(resources=_istiod("1000m", "4Gi"), scale=Scale(min_replicas=3, max_replicas=8)),
    "xlarge": IstiodSizing(
        resources=_istiod("2000m", "8Gi"),
        # A proxy stays with its istiod for 30 minutes: pods that leave soon after a peak push theirs onto the others.
        scale=Scale(min_replicas=3, max_replicas=15, target_cpu=60, scale_down=900),
    ),
}

GATEWAY: dict[settings.Size, GatewaySizing] = {
    "small": GatewaySizing(
        resources=_proxy("100m", "128Mi", "512Mi"), scale=Scale(min_replicas=1, max_replicas=2, target_cpu=80)
    ),
    "medium": GatewaySizing(
        resources=_proxy("500m", "256Mi", "1Gi"), scale=Scale(min_replicas=3, max_replicas=12, target_cpu=60)
    ),
    "large": GatewaySizing(
        resources=_proxy("1000m", "512Mi", "2Gi"), scale=Scale(min_replicas=6, max_replicas=24, target_cpu=60)
    ),
    "xlarge": GatewaySizing(
        resources=_proxy("1000m", "512Mi", "2Gi"), scale=Scale(min_replicas=9, max_replicas=36, target_cpu=60)
    ),
}

# Envoy alone takes 50 to 60 MB; the configuration of every service that a proxy may call comes on top.
SIDECAR: dict[settings.Size, Resources] = {
    "small": _proxy("50m", "96Mi", "512Mi"),
    "medium": _proxy("50m", "96Mi", "512Mi"),
    "large": _proxy("100m", "128Mi", "1Gi"),
    "xlarge": _proxy("100m", "192Mi", "1Gi"),
}

CNI = Resources(requests={"cpu": "50m", "memory": "100Mi"}, limits={})


def istiod(size: settings.Size) -> IstiodSizing:
    """One revision of istiod; a canary is as large as the other."""
    return ISTIOD[size]


def gateway(size: settings.Size, replicas: settings.Replicas | None = None) -> GatewaySizing:
    """One gateway; ``replicas`` of its settings stand for the size's."""
    sized = GATEWAY[size]
    if replicas is None:
        return sized
    return replace(sized, scale=replace(sized.scale, min_replicas=replicas.min, max_replicas=replicas.max))


def sidecar(size: settings.Size) -> Resources:
    """The proxy injected into every pod of the mesh."""
    return SIDECAR[size]


def filters_gateway_clusters(size: settings.Size) -> bool:
    """Whether gateways learn only the services that their routes name: worth it from about 1000 services on."""
    return size in ("large", "xlarge")
