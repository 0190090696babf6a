"""IAM identity of the AWS Load Balancer Controller."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from .. import settings
from ..aws import iam
from ..settings import names
from ..settings.context import Site


@dataclass(frozen=True, kw_only=True)
class ControllerIdentityArgs:
    """Arguments of ControllerIdentity."""

    cluster_name: pulumi.Input[str]
    """Name of the EKS cluster."""
    settings: settings.LoadBalancerController
    """``cluster.loadBalancerController`` of the settings."""
    site: Site
    """Tags of the stack."""


class ControllerIdentity(pulumi.ComponentResource):
    """Role, policies and Pod Identity association of the controller; uses aws.iam.

    It is created right after the cluster, separately from the controller: a pod gets its credentials when it is
    admitted, an association takes some time to be effective, and a pod admitted before that never gets credentials.
    """

    resources: list[pulumi.Resource]
    """Policies and association, which the controller depends on until it is deleted."""

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
