"""The AWS Load Balancer Controller."""

from dataclasses import dataclass

import pulumi

from .. import settings
from ..charts import component as helm
from ..settings.context import Site
from .component_controller_identity import ControllerIdentity
from .controller_chart import load_balancer_controller


@dataclass(frozen=True, kw_only=True)
class LoadBalancerControllerArgs:
    """Arguments of LoadBalancerController."""

    cluster_name: pulumi.Input[str]
    """Name of the EKS cluster."""
    vpc_id: pulumi.Input[str]
    """Id of the VPC."""
    identity: ControllerIdentity
    """Role of the controller."""
    settings: settings.LoadBalancerController
    """``cluster.loadBalancerController`` of the settings."""
    site: Site
    """Region of the stack."""


class LoadBalancerController(pulumi.ComponentResource):
    """Controller that registers gateway pods in target groups; uses cluster.controller_chart.

    It is ready when its webhooks answer. Has no outputs.
    """

    def __init__(self, name: str, args: LoadBalancerControllerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("istio-eks:cluster:LoadBalancerController", name, {"region": args.site.region}, opts)

        helm.release(
            name,
            load_balancer_controller(args.cluster_name, args.site.region, args.vpc_id, args.settings),
            # On destroy the controller needs its identity to deregister targets.
            pulumi.ResourceOptions(parent=self, depends_on=args.identity.resources),
        )

        self.register_outputs({})
