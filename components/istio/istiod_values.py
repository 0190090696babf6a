"""Values of the chart ``istiod`` for one revision. Nothing in them says whether the tag names this revision."""

from typing import Any

from .. import settings, trust
from ..charts.values import Values
from ..cluster import nodes
from ..settings import names
from . import mesh_config, sizing, system_pods

# EKS Pod Identity hands out credentials over plain HTTP at this address, which the mesh does not know as a host.
POD_IDENTITY = "169.254.170.23/32"
# Milliseconds without a change before istiod pushes, and after which it no longer waits for that. By default 100 and
# 10,000, which spares a mesh where everybody is told everything; where scopes are narrow, working out the push is all
# that more of them cost, and waiting is what keeps proxies behind (docs/scale.md).
DEBOUNCE_AFTER, DEBOUNCE_MAX = 50, 1000


def images(hub: str, version: str) -> Values:
    """What the charts ``istiod`` and ``cni`` both read from ``global``."""
    return {"hub": hub, "tag": version, "logAsJson": True, "networkPolicy": {"enabled": True}}


def istiod(mesh: settings.Mesh, hub: str, version: str) -> Values:
    """Everything but the settings' own values."""
    revision = names.revision(version)
    return {
        "revision": revision,
        "env": _environment(mesh),
        "cni": {"enabled": True},
        # Frees nodes of the taint that keeps app pods away until istio-cni is ready on them.
        "taint": {"enabled": True, "namespace": names.ISTIO_CNI},
        "meshConfig": mesh_config.mesh_config(mesh),
        "global": {
            **images(hub, version),
            "priorityClassName": system_pods.PRIORITY,
            "proxy": _sidecar(sizing.sidecar(mesh.size)),
        },
        **_pods(sizing.istiod(mesh.size), revision),
    }


def debounce() -> dict[str, str]:
    """How long istiod gathers changes before it pushes them."""
    return {"PILOT_DEBOUNCE_AFTER": f"{DEBOUNCE_AFTER}ms", "PILOT_DEBOUNCE_MAX": f"{DEBOUNCE_MAX}ms"}


def _environment(mesh: settings.Mesh) -> dict[str, str]:
    """Environment of istiod; the chart quotes what it finds, so everything is text.

    ENABLE_DEBUG_ON_HTTP stays on: off, it also ends ``istioctl proxy-status``, which says when no proxy is left on
    an old revision. Requests for it are authenticated (Istio's pilot/pkg/xds/debug.go).
    """
    environment = {
        # A Gateway chooses pods of its own namespace only, in a small mesh as in a large one.
        "PILOT_SCOPE_GATEWAY_TO_NAMESPACE": "true",
        # Read when istiod starts: too late on the day a root is to be exchanged.
        "ISTIO_MULTIROOT_MESH": "true",
        # A proxy may ask for any lifetime up to this one, 90 days by default, and a dropped root would end it.
        "MAX_WORKLOAD_CERT_TTL": f"{trust.hours(trust.WORKLOAD_LIFETIME)}h",
        **debounce(),
    }
    if sizing.filters_gateway_clusters(mesh.size):
        environment["PILOT_FILTER_GATEWAY_CLUSTER_CONFIG"] = "true"
    return environment


def _sidecar(sidecar: sizing.Resources) -> Values:
    return {
        "resources": {"requests": sidecar.requests, "limits": sidecar.limits},
        "seccompProfile": system_pods.SECCOMP,
        "excludeIPRanges": POD_IDENTITY,
    }


def _pods(size: sizing.IstiodSizing, revision: str) -> dict[str, Any]:
    return {
        "resources": {"requests": size.resources.requests, "limits": size.resources.limits},
        "seccompProfile": system_pods.SECCOMP,
        # The chart's 100 % would ask for twice the memory on every change.
        "rollingMaxSurge": size.max_surge,
        "nodeSelector": nodes.SYSTEM_SELECTOR,
        "tolerations": nodes.SYSTEM_TOLERATIONS,
        "topologySpreadConstraints": system_pods.spread({"app": "istiod", names.REVISION_LABEL: revision}),
        **_replicas(size.scale),
    }


def _replicas(scale: sizing.Scale) -> Values:
    if scale.fixed:
        return {"autoscaleEnabled": False, "replicaCount": scale.min_replicas}
    return {
        "autoscaleMin": scale.min_replicas,
        "autoscaleMax": scale.max_replicas,
        "cpu": {"targetAverageUtilization": scale.target_cpu},
        "autoscaleBehavior": {"scaleDown": {"stabilizationWindowSeconds": scale.scale_down}},
        "pdb": system_pods.budget(scale),
    }
