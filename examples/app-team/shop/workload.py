"""What runs: pods that Pod Security ``restricted`` lets in, on the platform's nodes for apps."""

from typing import Any

from shop.contract import Contract
from shop.settings import Settings

# Plain, as the API server reads it: the SDK's types of specs take the checker gigabytes to compare.
Spec = Any

NAME, VERSION = "catalog", "v1"
PORT = 9080
HEALTH_PATH = "/health"
# ``app`` picks the service's pods in every policy; ``version`` tells the subsets of a DestinationRule apart.
APP = {"app": NAME}
LABELS = {**APP, "version": VERSION}


def deployment(contract: Contract, settings: Settings) -> Spec:
    """Return a Deployment whose pods stay reachable while they are replaced."""
    return {
        "replicas": settings.replicas,
        "selector": {"matchLabels": LABELS},
        "strategy": {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
        "template": {"metadata": {"labels": LABELS}, "spec": _pod(contract, settings)},
    }


def service() -> Spec:
    """Return the Service over all versions.

    The port's name declares HTTP to the mesh; without it, the mesh would treat the traffic as TCP.
    """
    return {"selector": APP, "ports": [{"name": "http", "port": PORT, "targetPort": PORT}]}


def disruption_budget() -> Spec:
    """Return a budget that lets one pod at a time leave a drained node.

    With a single replica that is all of them, and no drain hangs.
    """
    return {"maxUnavailable": 1, "selector": {"matchLabels": APP}}


def _pod(contract: Contract, settings: Settings) -> Spec:
    zones = {
        "maxSkew": 1,
        "topologyKey": "topology.kubernetes.io/zone",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": LABELS},
    }
    return {
        # An identity of its own: authorization tells callers apart by it.
        "serviceAccountName": NAME,
        "automountServiceAccountToken": False,
        "nodeSelector": dict(contract.node_labels),
        "tolerations": [dict(each) for each in contract.node_tolerations],
        "topologySpreadConstraints": [zones],
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [_container(settings.image)],
    }


def _container(image: str) -> Spec:
    return {
        "name": NAME,
        "image": image,
        "ports": [{"name": "http", "containerPort": PORT}],
        "readinessProbe": {"httpGet": {"path": HEALTH_PATH, "port": PORT}, "periodSeconds": 5},
        "resources": {"requests": {"cpu": "20m", "memory": "64Mi"}, "limits": {"memory": "128Mi"}},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
