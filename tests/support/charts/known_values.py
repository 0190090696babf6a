"""Values whose absence changes nothing in the manifests, each with the reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.support.charts import leaves

# Equal to the chart's own: said anyway, since sizes and settings choose here and a chart may change its mind.
# Each with another value, which must show: a key that the chart does not know would change nothing either.
DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "base": {},
    # Counted on every node (components.istio.sizing), so the chart may not change it unseen.
    "cni": {"resources.requests.memory": "1Mi"},
    "istiod": {
        # Of the sizes medium and large; xlarge scales sooner.
        "cpu.targetAverageUtilization": 50,
        # A setting, and every principal in our policies is made of it.
        "meshConfig.trustDomain": "other.example.com",
        # Of the size small, which has no autoscaler.
        "replicaCount": 2,
        # Of the size medium.
        "resources.requests.cpu": "1m",
    },
    "gateway": {
        # A gateway scales in every size.
        "autoscaling.enabled": False,
        # Both of the size small.
        "autoscaling.minReplicas": 2,
        "autoscaling.targetCPUUtilizationPercentage": 50,
        # Nothing to say: a client address that needs no help, a single pod that no budget may hold.
        "env": {"ANY": "value"},
        "podDisruptionBudget": {"minAvailable": 1},
        # Envoy counts its workers by it.
        "resources.limits.cpu": "1",
        # Both of the size small.
        "resources.requests.cpu": "1m",
        "resources.requests.memory": "1Mi",
    },
}


@dataclass(frozen=True, kw_only=True)
class Injected:
    """path: where the injector has the value; read: what its templates name, which may be the map around it."""

    path: leaves.Path
    read: str


def _injected(path: str, read: str) -> Injected:
    return Injected(path=tuple(path.split(".")), read=read)


# Read by istiod when it injects a proxy, from ``istio-sidecar-injector-<revision>``; by our path. What an injected pod
# looks like is asked of a running istiod elsewhere.
INJECTED: Mapping[str, Injected] = {
    "cni.enabled": _injected("pilot.cni.enabled", "pilot.cni.enabled"),
    "global.proxy.excludeIPRanges": _injected("global.proxy.excludeIPRanges", "global.proxy.excludeIPRanges"),
    "global.proxy.seccompProfile.type": _injected("global.proxy.seccompProfile.type", "global.proxy.seccompProfile"),
    **{
        path: _injected(path, "global.proxy.resources")
        for path in (
            "global.proxy.resources.limits.cpu",
            "global.proxy.resources.limits.memory",
            "global.proxy.resources.requests.cpu",
            "global.proxy.resources.requests.memory",
        )
    },
}
