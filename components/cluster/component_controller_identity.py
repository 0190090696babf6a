"""The identity that the AWS Load Balancer Controller works under."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from .. import settings
from ..aws import iam
from ..settings import names
from ..settings.context import Site


@dataclass(frozen=True, kw_only=True)
class ControllerIdentityArgs:
    """What ControllerIdentity needs."""

    cluster_name: pulumi.Input[str]
    settings: settings.LoadBalancerController
    site: Site


class ControllerIdentity(pulumi.ComponentResource):
    """Role, policies and Pod Identity association of the controller; asks aws.iam.

    Apart from the controller and right after the cluster: credentials are put into a pod as it is admitted, an
    association takes a while to be seen everywhere, and a pod that missed it never gets any.

    resources: policies and association, which the controller waits for and needs until it is gone.
    """

    resources: list[pulumi.Resource]

    def __init__(self, name: str, args: ControllerIdentityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        inputs = {"policyArns": list(args.settings.policy_arns)}
        super().__init__("istio-eks:cluster:ControllerIdentity", name, inputs, opts)
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

        self.resources = [registers, *more, association]
        self.register_outputs({})
