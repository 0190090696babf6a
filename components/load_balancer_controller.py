"""The AWS Load Balancer Controller and the identity it works under."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

from components import helm
from design import charts, iam, names, settings
from design.site import Site


@dataclass(frozen=True, kw_only=True)
class LoadBalancerControllerArgs:
    """``provider`` is the cluster's; the rest tells the controller where it is."""

    cluster_name: pulumi.Input[str]
    vpc_id: pulumi.Input[str]
    settings: settings.LoadBalancerController
    provider: kubernetes.Provider
    site: Site


class LoadBalancerController(pulumi.ComponentResource):
    """Registers gateway pods in target groups; asks design.iam, design.charts, design.load_balancer_controller.

    release: the controller; done when its webhooks answer.
    """

    release: kubernetes.helm.v3.Release

    def __init__(self, name: str, args: LoadBalancerControllerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        inputs = {"region": args.site.region, "policyArns": list(args.settings.policy_arns)}
        super().__init__("istio-eks:controller:LoadBalancerController", name, inputs, opts)

        identity = self._identity(name, args)
        self.release = helm.release(
            name,
            charts.load_balancer_controller(args.cluster_name, args.site.region, args.vpc_id, args.settings),
            # Credentials are put into a pod as it starts, and deregistering targets needs them to the last.
            pulumi.ResourceOptions(parent=self, provider=args.provider, depends_on=identity),
        )

        self.register_outputs({"release": self.release.name})

    def _identity(self, name: str, args: LoadBalancerControllerArgs) -> list[pulumi.Resource]:
        child = pulumi.ResourceOptions(parent=self)
        role = aws.iam.Role(name, assume_role_policy=iam.pod_identity_trust(), tags=args.site.tags, opts=child)
        registers = aws.iam.RolePolicy(name, role=role.name, policy=iam.target_registration(), opts=child)
        more = [
            aws.iam.RolePolicyAttachment(f"{name}-{iam.policy_key(arn)}", role=role.name, policy_arn=arn, opts=child)
            for arn in args.settings.policy_arns
        ]
        association = aws.eks.PodIdentityAssociation(
            name,
            cluster_name=args.cluster_name,
            namespace=names.KUBE_SYSTEM,
            service_account=names.CONTROLLER_NAME,
            role_arn=role.arn,
            tags=args.site.tags,
            opts=child,
        )
        return [registers, *more, association]
