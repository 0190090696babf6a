"""Values of the chart ``istiod`` for one revision; they do not depend on whether the tag names it."""

from typing import Any

from .. import settings, trust
from ..charts.values import Values
from ..cluster import nodes
from ..settings import names
from . import mesh_config, sizing, system_pods

# EKS Pod Identity serves credentials over plain HTTP at this address, which is not a host of the mesh.
POD_IDENTITY = "169.254.170.23/32"
# Milliseconds without a change before istiod pushes, and milliseconds after which it pushes in any case. Istio's
# defaults are 100 and 10,000, which help a mesh where every proxy receives everything. With narrow scopes, more pushes
# cost only their computation, and waiting delays the proxies (docs/scale.md).
DEBOUNCE_AFTER, DEBOUNCE_MAX = 50, 1000


def images(hub: str, version: str) -> Values:
    """Return the values that the charts ``istiod`` and ``cni`` both read from ``global``."""
    return {"hub": hub, "tag": version, "logAsJson": True, "networkPolicy": {"enabled": True}}


def istiod(mesh: settings.Mesh, hub: str, version: str) -> Values:
    """Return the defaults for one revision of istiod."""
    revision = names.revision(version)
    return {
        "revision": revision,
        "env": _environment(mesh),
        "cni": {"enabled": True},
        # Removes the taint that keeps app pods off a node until istio-cni is ready there.
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
    """Return the variables that set how long istiod collects changes before it pushes them."""
    return {"PILOT_DEBOUNCE_AFTER": f"{DEBOUNCE_AFTER}ms", "PILOT_DEBOUNCE_MAX": f"{DEBOUNCE_MAX}ms"}


def _environment(mesh: settings.Mesh) -> dict[str, str]:
    """Return the environment of istiod; every value is text, because the chart quotes it.

    ENABLE_DEBUG_ON_HTTP stays on: without it ``istioctl proxy-status`` fails, which shows whether proxies are left on
    an old revision. Its requests are authenticated (Istio's pilot/pkg/xds/debug.go).
    """
    environment = {
        # A Gateway selects only pods of its own namespace, in a mesh of any size.
        "PILOT_SCOPE_GATEWAY_TO_NAMESPACE": "true",
        # istiod reads it only when it starts, so it must be set before a root is replaced.
        "ISTIO_MULTIROOT_MESH": "true",
        # A proxy may request any lifetime up to this one (90 days by default), which might exceed the wait for a root.
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
        # The chart's default of 100 % would need twice the memory on every change.
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
