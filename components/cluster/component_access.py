"""Access entries of the cluster."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from ..settings.context import Site
from . import access


@dataclass(frozen=True, kw_only=True)
class AccessEntriesArgs:
    """Arguments of AccessEntries."""

    cluster_name: pulumi.Input[str]
    """Name of the EKS cluster."""
    plans: Sequence[access.AccessPlan]
    """One plan per principal; EKS answers 409 to a second entry."""
    site: Site
    """Tags of the stack."""


class AccessEntries(pulumi.ComponentResource):
    """One access entry per principal: administrators, viewers and editors of namespaces, as in cluster.access.

    The deployer may have access through one of them, so everything inside the cluster depends on this component and is
    deleted before it. Has no outputs.
    """

    def __init__(self, name: str, args: AccessEntriesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        inputs = {"principals": {plan.principal_arn: plan.policy for plan in args.plans}}
        super().__init__("istio-eks:cluster:AccessEntries", name, inputs, opts)

        for plan in args.plans:
            self._entry(f"{name}-{plan.key}", plan, args)
        self.register_outputs({})

    def _entry(self, name: str, plan: access.AccessPlan, args: AccessEntriesArgs) -> None:
        entry = aws.eks.AccessEntry(
            name,
            cluster_name=args.cluster_name,
            principal_arn=plan.principal_arn,
            kubernetes_groups=list(plan.groups),
            type="STANDARD",
            tags=args.site.named("access"),
            opts=pulumi.ResourceOptions(parent=self),
        )
        if plan.policy_arn:
            aws.eks.AccessPolicyAssociation(
                name,
                cluster_name=args.cluster_name,
                principal_arn=entry.principal_arn,
                policy_arn=plan.policy_arn,
                access_scope=aws.eks.AccessPolicyAssociationAccessScopeArgs(type="cluster"),
                opts=pulumi.ResourceOptions(parent=self),
            )
