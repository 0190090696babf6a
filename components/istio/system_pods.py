"""What istiod and the gateways share as pods of the system nodes, in the words of Istio's charts."""

from typing import Any

from . import sizing

# Above every app: without these pods no other pod starts, or nobody reaches it.
PRIORITY = "system-cluster-critical"
SECCOMP = {"type": "RuntimeDefault"}


def spread(labels: dict[str, str]) -> list[dict[str, Any]]:
    """Over zones, then over nodes, as far as there are any; each upgrade is spread by itself."""
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
    """Disruption budget; empty for a single pod, which no drain could ever move.

    Pods that are not healthy anyway never hold a drain up.
    """
    if not scale.min_available:
        return {}
    return {"minAvailable": scale.min_available, "unhealthyPodEvictionPolicy": "AlwaysAllow"}
