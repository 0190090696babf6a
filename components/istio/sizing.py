"""What the mesh asks of the nodes, per ``mesh.size``.

``SERVICES`` says for how large a mesh each is; small is to try things out, with one replica of each.

Every request, limit and number of replicas says where it comes from. Measured: the runs that docs/scale.md shows, with
what istiod and sidecars took beside what they are given. Upstream: Istio's load test of 1000 services and 70,000
requests a second (istio.io, "Performance and Scalability", 1.24), where istiod took 1 vCPU and 1.5 GB, and a sidecar
0.2 vCPU and 60 MB at 1000 requests a second. Chart: what Istio's charts ask for when nothing is said.
"""

import math
from dataclasses import dataclass, replace

from .. import settings


@dataclass(frozen=True, kw_only=True)
class Resources:
    """Requests and limits of one container, as Kubernetes quantities. source: where they come from."""

    requests: dict[str, str]
    limits: dict[str, str]
    source: str


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How many pods there are, and what an autoscaler looks at.

    target_cpu: percent of the request. scale_down: seconds that pods are kept after a peak. source: where the numbers
    come from.
    """

    min_replicas: int
    max_replicas: int
    source: str
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


def _istiod(cpu: str, memory: str, source: str) -> Resources:
    # A CPU limit would set GOMAXPROCS and slow every push. What is used beyond the memory request is evicted first,
    # and Go keeps below its limit by itself: so the limit is the request.
    return Resources(requests={"cpu": cpu, "memory": memory}, limits={"memory": memory}, source=source)


def _proxy(cpu: str, memory: str, memory_limit: str, source: str) -> Resources:
    # Envoy starts as many workers as its CPU limit has cores; without one, as many as the node has.
    limits = {"cpu": "2000m", "memory": memory_limit}
    return Resources(requests={"cpu": cpu, "memory": memory}, limits=limits, source=source)


_ONE = "one is enough to try things out"
_A_ZONE = "one a zone at least, so that two are left when one goes or is drained"
_MORE = f"{_A_ZONE}; the most is an estimate: proxies divide among them, and the autoscaler looks at CPU"
# A proxy stays with its istiod for 30 minutes: pods that leave soon after a peak push theirs onto the others.
_STAY = "pods stay longer after a peak, because proxies stay with their istiod (30 minutes, chart)"

SERVICES: dict[settings.Size, int] = {"small": 20, "medium": 300, "large": 1000, "xlarge": 3000}
PODS_PER_SERVICE = 3
# How many times istiod's peak fits into its limit at the least: as measured, and as predicted for the size's mesh while
# one istiod of the fewest is away.
MARGIN = 2

ISTIOD: dict[settings.Size, IstiodSizing] = {
    "small": IstiodSizing(
        resources=_istiod("100m", "512Mi", "memory measured at 1,000 services; CPU a fifth of the chart's, to try out"),
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

# Of a core, for 1000 requests a second through a proxy (upstream).
PROXY_CPU_PER_1000 = 0.2
_TRAFFIC = "CPU by upstream's figure for proxies; of the chart's memory four times the request, twice the limit"
_WAVES = "two a zone and more, so that an upgrade replaces a quarter at a time; the most by traffic"

GATEWAY: dict[settings.Size, GatewaySizing] = {
    "small": GatewaySizing(
        resources=_proxy("100m", "128Mi", "512Mi", "requests are the chart's, the limit half of it"),
        scale=Scale(min_replicas=1, max_replicas=2, target_cpu=80, source=_ONE),
    ),
    "medium": GatewaySizing(
        resources=_proxy("500m", "256Mi", "1Gi", "CPU by upstream's figure for proxies; the limit is the chart's"),
        scale=Scale(min_replicas=3, max_replicas=12, target_cpu=60, source=f"{_A_ZONE}; the most by traffic"),
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
    """One revision of istiod; a canary is as large as the other."""
    return ISTIOD[size]


def gateway(size: settings.Size, replicas: settings.Replicas | None = None) -> GatewaySizing:
    """One gateway; ``replicas`` of its settings stand for the size's."""
    sized = GATEWAY[size]
    if replicas is None:
        return sized
    scale = replace(sized.scale, min_replicas=replicas.min, max_replicas=replicas.max, source="the stack's settings")
    return replace(sized, scale=scale)


def sidecar(size: settings.Size) -> Resources:
    """The proxy injected into every pod of the mesh."""
    return SIDECAR[size]


def size_for(services: int) -> settings.Size:
    """The smallest one made for so many, or the largest there is."""
    return next((size for size, most in SERVICES.items() if services <= most), "xlarge")


def filters_gateway_clusters(size: settings.Size) -> bool:
    """Whether gateways learn only the services that their routes name: worth it from about 1000 services on."""
    return size in ("large", "xlarge")
