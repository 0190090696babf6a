"""The AWS Load Balancer Controller."""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from .. import settings
from ..charts import component as helm
from ..settings.context import Site
from .component_controller_identity import ControllerIdentity
from .controller_chart import load_balancer_controller


@dataclass(frozen=True, kw_only=True)
class LoadBalancerControllerArgs:
    """``provider`` is the cluster's; the rest tells the controller who and where it is."""

    cluster_name: pulumi.Input[str]
    vpc_id: pulumi.Input[str]
    identity: ControllerIdentity
    settings: settings.LoadBalancerController
    provider: kubernetes.Provider
    site: Site


class LoadBalancerController(pulumi.ComponentResource):
    """Registers gateway pods in target groups; asks istio.charts, cluster.load_balancer_controller.

    release: the controller; done when its webhooks answer.
    """

    release: kubernetes.helm.v3.Release

    def __init__(self, name: str, args: LoadBalancerControllerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("istio-eks:controller:LoadBalancerController", name, {"region": args.site.region}, opts)

        self.release = helm.release(
            name,
            load_balancer_controller(args.cluster_name, args.site.region, args.vpc_id, args.settings),
            # Deregistering targets needs the identity to the last.
            pulumi.ResourceOptions(parent=self, provider=args.provider, depends_on=args.identity.resources),
        )

        self.register_outputs({"release": self.release.name})
