"""Requests, limits and replicas of the mesh, by ``mesh.size``.

``SERVICES`` lists the size of the mesh that each is made for; small is for testing, with one replica of each.

Every request, limit and number of replicas states its source. "Measured": the runs in docs/scale.md, which compares the
usage of istiod and sidecars with their requests. "Upstream": Istio's load test of 1000 services and 70,000 requests per
second (istio.io, "Performance and Scalability", 1.24), where istiod used 1 vCPU and 1.5 GB, and a sidecar 0.2 vCPU and
60 MB at 1000 requests per second. "Chart": the defaults of Istio's charts.
"""

import math
from dataclasses import dataclass, replace

from .. import settings


@dataclass(frozen=True, kw_only=True)
class Resources:
    """Requests and limits of one container, as Kubernetes quantities."""

    requests: dict[str, str]
    """Requests, by resource."""
    limits: dict[str, str]
    """Limits, by resource."""
    source: str
    """Source of the numbers."""


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Number of pods, and targets of the autoscaler."""

    min_replicas: int
    """Minimum number of pods."""
    max_replicas: int
    """Maximum number of pods."""
    source: str
    """Source of the numbers."""
    target_cpu: int = 80
    """Target CPU usage, in percent of the request."""
    scale_down: int = 300
    """Seconds for which pods are kept after a peak."""

    @property
    def fixed(self) -> bool:
        """Whether the number of pods is fixed, so that there is no autoscaler."""
        return self.max_replicas == self.min_replicas

    @property
    def min_available(self) -> int:
        """Pods that must stay up while a node drains (at most a third may be down); 0 means no disruption budget."""
        return self.min_replicas - math.ceil(self.min_replicas / 3)


@dataclass(frozen=True, kw_only=True)
class IstiodSizing:
    """Sizing of one revision of istiod."""

    resources: Resources
    """Resources of a pod."""
    scale: Scale
    """Number of pods."""
    max_surge: int = 1
    """Pods that a rolling upgrade adds temporarily."""


@dataclass(frozen=True, kw_only=True)
class GatewaySizing:
    """Sizing of one gateway."""

    resources: Resources
    """Resources of a pod."""
    scale: Scale
    """Number of pods."""
    max_surge: int = 25
    """Percentage of its pods that a rolling upgrade replaces at a time."""

    @property
    def waves(self) -> int:
        """Number of steps in which an upgrade replaces the maximum number of pods; Kubernetes rounds the surge up."""
        pods = self.scale.max_replicas
        return math.ceil(pods / math.ceil(pods * self.max_surge / 100))


def _istiod(cpu: str, memory: str, source: str) -> Resources:
    # A CPU limit would set GOMAXPROCS and slow down every push. Pods above their memory request are evicted first, and
    # Go keeps its memory below the limit by itself, so the limit is the request.
    return Resources(requests={"cpu": cpu, "memory": memory}, limits={"memory": memory}, source=source)


def _proxy(cpu: str, memory: str, memory_limit: str, source: str) -> Resources:
    # Envoy starts as many workers as its CPU limit has cores; without a limit, as many as the node has.
    limits = {"cpu": "2000m", "memory": memory_limit}
    return Resources(requests={"cpu": cpu, "memory": memory}, limits=limits, source=source)


_ONE = "one is enough for testing"
_A_ZONE = "at least one per zone, so that two are left when one fails or is drained"
_MORE = f"{_A_ZONE}; the maximum is an estimate: proxies are divided among them, and the autoscaler uses CPU"
# A proxy stays with its istiod for 30 minutes: pods removed soon after a peak would move their proxies to the others.
_STAY = "pods stay longer after a peak, because proxies stay with their istiod (30 minutes, chart)"

SERVICES: dict[settings.Size, int] = {"small": 20, "medium": 300, "large": 1000, "xlarge": 3000}
PODS_PER_SERVICE = 3
# Minimum ratio of istiod's memory limit to its peak usage: as measured, and as predicted for the size's mesh with one
# pod less than the minimum.
MARGIN = 2

ISTIOD: dict[settings.Size, IstiodSizing] = {
    "small": IstiodSizing(
        resources=_istiod(
            "100m", "512Mi", "memory measured at 1,000 services; CPU a fifth of the chart's, for testing"
        ),
        scale=Scale(min_replicas=1, max_replicas=1, source=_ONE),
    ),
    "medium": IstiodSizing(
        resources=_istiod("500m", "2Gi", "both the chart's; memory measured at 1,000 services"),
        scale=Scale(min_replicas=3, max_replicas=6, source=_MORE),
    ),
    "large": IstiodSizing(
        resources=_istiod("1000m", "4Gi", "CPU upstream's at 1,000 services; memory measured at 1,000"),
        scale=Scale(min_replicas=3, max_replicas=8, source=_MORE),
    ),
    "xlarge": IstiodSizing(
        resources=_istiod("2000m", "8Gi", "CPU twice upstream's; memory measured at 3,000 services"),
        scale=Scale(min_replicas=3, max_replicas=15, target_cpu=60, scale_down=900, source=f"{_MORE}; {_STAY}"),
    ),
}

# Cores that a proxy needs for 1000 requests per second (upstream).
PROXY_CPU_PER_1000 = 0.2
_TRAFFIC = "CPU by upstream's figure for proxies; four times the chart's memory request, twice its memory limit"
_WAVES = "two or more per zone, so that an upgrade replaces a quarter at a time; the maximum by traffic"

GATEWAY: dict[settings.Size, GatewaySizing] = {
    "small": GatewaySizing(
        resources=_proxy("100m", "128Mi", "512Mi", "requests are the chart's, the limit half of it"),
        scale=Scale(min_replicas=1, max_replicas=2, target_cpu=80, source=_ONE),
    ),
    "medium": GatewaySizing(
        resources=_proxy("500m", "256Mi", "1Gi", "CPU by upstream's figure for proxies; the limit is the chart's"),
        scale=Scale(min_replicas=3, max_replicas=12, target_cpu=60, source=f"{_A_ZONE}; the maximum by traffic"),
    ),
    "large": GatewaySizing(
        resources=_proxy("1000m", "512Mi", "2Gi", _TRAFFIC),
        scale=Scale(min_replicas=6, max_replicas=24, target_cpu=60, source=_WAVES),
    ),
    "xlarge": GatewaySizing(
        resources=_proxy("1000m", "512Mi", "2Gi", _TRAFFIC),
        scale=Scale(min_replicas=9, max_replicas=36, target_cpu=60, source=_WAVES),
    ),
}

_MEASURED = "memory measured with upstream's Envoy; CPU by upstream's figure, for"
SIDECAR: dict[settings.Size, Resources] = {
    "small": _proxy("50m", "96Mi", "512Mi", f"{_MEASURED} 250 requests a second"),
    "medium": _proxy("50m", "96Mi", "512Mi", f"{_MEASURED} 250 requests a second"),
    "large": _proxy("100m", "128Mi", "1Gi", f"{_MEASURED} 500 requests a second"),
    "xlarge": _proxy("100m", "192Mi", "1Gi", f"{_MEASURED} 500 requests a second"),
}

CNI = Resources(requests={"cpu": "50m", "memory": "100Mi"}, limits={}, source="half of the chart's CPU, its memory")


def istiod(size: settings.Size) -> IstiodSizing:
    """Return the sizing of one revision of istiod; a canary has the same size."""
    return ISTIOD[size]


def gateway(size: settings.Size, replicas: settings.Replicas | None = None) -> GatewaySizing:
    """Return the sizing of a gateway; ``replicas`` of its settings override those of the size."""
    sized = GATEWAY[size]
    if replicas is None:
        return sized
    scale = replace(sized.scale, min_replicas=replicas.min, max_replicas=replicas.max, source="the stack's settings")
    return replace(sized, scale=scale)


def sidecar(size: settings.Size) -> Resources:
    """Return the resources of the proxy in every pod of the mesh."""
    return SIDECAR[size]


def size_for(services: int) -> settings.Size:
    """Return the smallest size for so many services, or the largest size."""
    return next((size for size, most in SERVICES.items() if services <= most), "xlarge")


def filters_gateway_clusters(size: settings.Size) -> bool:
    """Check whether gateways receive only the services in their routes, which pays off from about 1000 services on."""
    return size in ("large", "xlarge")
