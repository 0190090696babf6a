"""Helm values of the AWS Load Balancer Controller, which here registers gateway pods in target groups and no more."""

from typing import Any

from ..charts.values import Values
from ..settings import names
from . import nodes


def values(cluster_name: Any, region: str, vpc_id: Any) -> Values:
    """Our values of the chart ``aws-load-balancer-controller``; ``Release.values`` merges the settings' over them.

    cluster_name, vpc_id: text, or a Pulumi output of it; they are only put in place.
    """
    return {
        "clusterName": cluster_name,
        # Otherwise asked of the instance metadata, which a pod cannot reach at hop limit 1.
        "region": region,
        "vpcId": vpc_id,
        # The association of Pod Identity names this account.
        "serviceAccount": {"create": True, "name": names.CONTROLLER_NAME},
        "replicaCount": 2,
        "podDisruptionBudget": {"maxUnavailable": 1},
        "nodeSelector": dict(nodes.SYSTEM_SELECTOR),
        "tolerations": list(nodes.SYSTEM_TOLERATIONS),
        "resources": {"requests": {"cpu": "100m", "memory": "200Mi"}, "limits": {"memory": "500Mi"}},
        # On, it would stand in the way of every new Service of the cluster while the controller is down.
        "enableServiceMutatorWebhook": False,
        # Gateway pods start while the controller is down, then without readiness gate: capacity before smoothness.
        "podMutatorWebhookConfig": {"failurePolicy": "Ignore"},
        "defaultTargetType": "ip",
        "enableCertManager": False,
    }
