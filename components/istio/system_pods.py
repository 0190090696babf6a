"""Values that istiod and the gateways share as pods of the system nodes, in the notation of Istio's charts."""

from typing import Any

from . import sizing

# Above every app: without these pods, other pods cannot start or are unreachable.
PRIORITY = "system-cluster-critical"
SECCOMP = {"type": "RuntimeDefault"}


def spread(labels: dict[str, str]) -> list[dict[str, Any]]:
    """Return constraints that spread pods over zones, then over nodes, separately for each upgrade."""
    return [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": labels},
            "matchLabelKeys": ["pod-template-hash"],
        }
        for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
    ]


def budget(scale: sizing.Scale) -> dict[str, Any]:
    """Return the disruption budget; empty for a single pod, because it would block every drain.

    Unhealthy pods never block a drain.
    """
    if not scale.min_available:
        return {}
    return {"minAvailable": scale.min_available, "unhealthyPodEvictionPolicy": "AlwaysAllow"}
