"""Values of the chart ``gateway``. They set no image: istiod's injector does, as for every proxy."""

import json

from ..charts.values import Values
from ..cluster import nodes
from ..istio import sizing, system_pods
from ..settings import names
from . import plan as gateways


def gateway(plan: gateways.GatewayPlan, revision: str) -> Values:
    """Return the defaults for a gateway, whose pods the istiod of ``revision`` injects."""
    return {"revision": revision, **_pods(plan), **_replicas(plan.sizing.scale), **_lifecycle(plan)}


def _pods(plan: gateways.GatewayPlan) -> Values:
    resources = plan.sizing.resources
    return {
        # The NLB of this stack targets pods by address; the Service needs no load balancer of its own.
        "service": {"type": "ClusterIP", "ports": plan.service_ports},
        "resources": {"requests": resources.requests, "limits": resources.limits},
        "env": plan.env,
        "podAnnotations": {names.PROXY_CONFIG_ANNOTATION: json.dumps(plan.proxy_config, sort_keys=True)},
        # Replaces the chart's default, which has the sysctl for ports below 1024 but no seccomp profile.
        "securityContext": {
            "sysctls": [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}],
            "seccompProfile": system_pods.SECCOMP,
        },
        "priorityClassName": system_pods.PRIORITY,
        "nodeSelector": nodes.SYSTEM_SELECTOR,
        "tolerations": nodes.SYSTEM_TOLERATIONS,
        "topologySpreadConstraints": system_pods.spread({"app": plan.workload}),
        "global": {"networkPolicy": {"enabled": True}},
    }


def _replicas(scale: sizing.Scale) -> Values:
    return {
        "autoscaling": {
            "enabled": True,
            "minReplicas": scale.min_replicas,
            "maxReplicas": scale.max_replicas,
            "targetCPUUtilizationPercentage": scale.target_cpu,
        },
        "podDisruptionBudget": system_pods.budget(scale),
    }


def _lifecycle(plan: gateways.GatewayPlan) -> Values:
    return {
        "strategy": {"rollingUpdate": {"maxSurge": f"{plan.sizing.max_surge}%", "maxUnavailable": 0}},
        "minReadySeconds": 10,
        # The sleep of Kubernetes itself: the image has no shell.
        "lifecycle": {"preStop": {"sleep": {"seconds": plan.drain.pre_stop}}},
        "terminationGracePeriodSeconds": plan.drain.grace,
    }
