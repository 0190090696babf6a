"""Helm values of the AWS Load Balancer Controller, which this stack uses only to register pods in target groups."""

from typing import Any

from ..charts.values import Values
from ..settings import names
from . import nodes


def values(cluster_name: Any, region: str, vpc_id: Any) -> Values:
    """Return the defaults for the chart ``aws-load-balancer-controller``; the settings are merged over them.

    Args:
        cluster_name: name of the cluster, or an output of it.
        region: AWS region.
        vpc_id: id of the VPC, or an output of it.
    """
    return {
        "clusterName": cluster_name,
        # Otherwise read from the instance metadata, which a pod cannot reach at hop limit 1.
        "region": region,
        "vpcId": vpc_id,
        # The Pod Identity association names this ServiceAccount.
        "serviceAccount": {"create": True, "name": names.CONTROLLER_NAME},
        "replicaCount": 2,
        "podDisruptionBudget": {"maxUnavailable": 1},
        "nodeSelector": dict(nodes.SYSTEM_SELECTOR),
        "tolerations": list(nodes.SYSTEM_TOLERATIONS),
        "resources": {"requests": {"cpu": "100m", "memory": "200Mi"}, "limits": {"memory": "500Mi"}},
        # This webhook would block every new Service in the cluster while the controller is down.
        "enableServiceMutatorWebhook": False,
        # While the controller is down, gateway pods start without readiness gate rather than not at all.
        "podMutatorWebhookConfig": {"failurePolicy": "Ignore"},
        "defaultTargetType": "ip",
        "enableCertManager": False,
    }
