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
    """Who and where the controller is."""

    cluster_name: pulumi.Input[str]
    vpc_id: pulumi.Input[str]
    identity: ControllerIdentity
    settings: settings.LoadBalancerController
    site: Site


class LoadBalancerController(pulumi.ComponentResource):
    """Registers gateway pods in target groups; asks cluster.controller_chart. Done when its webhooks answer.

    Has no outputs.
    """

    def __init__(self, name: str, args: LoadBalancerControllerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("istio-eks:cluster:LoadBalancerController", name, {"region": args.site.region}, opts)

        helm.release(
            name,
            load_balancer_controller(args.cluster_name, args.site.region, args.vpc_id, args.settings),
            # Deregistering targets needs the identity to the last.
            pulumi.ResourceOptions(parent=self, depends_on=args.identity.resources),
        )

        self.register_outputs({})
