"""EKS add-ons."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from ..aws import iam
from ..settings.context import Site
from .addons import AddonPlan, PodIdentity


@dataclass(frozen=True, kw_only=True)
class AddonsArgs:
    """Arguments of Addons."""

    cluster_name: pulumi.Input[str]
    """Name of the EKS cluster."""
    plans: Sequence[AddonPlan]
    """Plans of ``cluster.addons``: the add-ons before the nodes, or those after."""
    site: Site
    """Tags and region of the stack."""


class Addons(pulumi.ComponentResource):
    """Some of the cluster's add-ons, as planned by cluster.addons; uses aws.iam. Has no outputs."""

    def __init__(self, name: str, args: AddonsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        inputs = {"versions": {plan.name: plan.version for plan in args.plans}}
        super().__init__("istio-eks:cluster:Addons", name, inputs, opts)

        for plan in args.plans:
            self._addon(f"{name}-{plan.name}", plan, args)
        self.register_outputs({})

    def _addon(self, name: str, plan: AddonPlan, args: AddonsArgs) -> None:
        identity = self._identity(name, plan.identity, args) if plan.identity else None
        aws.eks.Addon(
            name,
            cluster_name=args.cluster_name,
            addon_name=plan.name,
            addon_version=plan.version,
            configuration_values=plan.configuration,
            resolve_conflicts_on_create="OVERWRITE",
            resolve_conflicts_on_update="OVERWRITE",
            # Pods keep network and DNS while the cluster is destroyed around them.
            preserve=True,
            pod_identity_associations=[identity.association] if identity else None,
            tags=args.site.tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[identity.attachment] if identity else None),
        )

    def _identity(self, name: str, identity: PodIdentity, args: AddonsArgs) -> "_Identity":
        role = aws.iam.Role(
            name,
            assume_role_policy=iam.pod_identity_trust(),
            tags=args.site.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        attachment = aws.iam.RolePolicyAttachment(
            name, role=role.name, policy_arn=identity.policy_arn, opts=pulumi.ResourceOptions(parent=self)
        )
        association = aws.eks.AddonPodIdentityAssociationArgs(
            role_arn=role.arn, service_account=identity.service_account
        )
        return _Identity(association=association, attachment=attachment)


@dataclass(frozen=True, kw_only=True)
class _Identity:
    association: aws.eks.AddonPodIdentityAssociationArgs
    attachment: aws.iam.RolePolicyAttachment
