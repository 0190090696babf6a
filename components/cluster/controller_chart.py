"""The Helm release of the AWS Load Balancer Controller."""

from typing import Any

from ..charts import plan as charts
from ..settings import LoadBalancerController, names, versions
from . import load_balancer_controller as controller_values


def load_balancer_controller(
    cluster_name: Any, region: str, vpc_id: Any, controller: LoadBalancerController
) -> charts.Release:
    """Return the release of the AWS Load Balancer Controller; ``cluster_name`` and ``vpc_id`` may be outputs."""
    return charts.Release(
        name=names.CONTROLLER_NAME,
        chart=names.CONTROLLER_NAME,
        repository=versions.EKS_CHARTS,
        version=versions.LOAD_BALANCER_CONTROLLER,
        namespace=names.KUBE_SYSTEM,
        defaults=controller_values.values(cluster_name, region, vpc_id),
        overrides=controller.values,
        overrides_path=("cluster", "loadBalancerController", "values"),
    )
