"""GitHub as an identity provider, and the roles that its jobs may become."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from . import documents, names, trust
from .roles import RolePlan


@dataclass(frozen=True, kw_only=True)
class PipelineRolesArgs:
    """plans: of ci.roles."""

    plans: Sequence[RolePlan]


class PipelineRoles(pulumi.ComponentResource):
    """One provider and its roles; asks ci.roles in the plans.

    roles: by plain list, for whatever must come after them.
    """

    roles: list[aws.iam.Role]

    def __init__(self, name: str, args: PipelineRolesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        inputs = {"roles": [plan.name for plan in args.plans]}
        super().__init__("istio-eks-bootstrap:roles:PipelineRoles", name, inputs, opts)

        # Without thumbprints: AWS checks GitHub's certificate by itself.
        provider = aws.iam.OpenIdConnectProvider(
            name,
            url=f"https://{names.ISSUER}",
            client_id_lists=[trust.AUDIENCE],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.roles = [self._role(plan, provider) for plan in args.plans]
        self.register_outputs({})

    def _role(self, plan: RolePlan, provider: aws.iam.OpenIdConnectProvider) -> aws.iam.Role:
        role = aws.iam.Role(
            plan.name,
            name=plan.name,
            description=plan.description,
            assume_role_policy=documents.text(plan.trust),
            max_session_duration=plan.session,
            # IAM refuses a trust in a provider that is not there.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[provider]),
        )
        for name, policy in plan.policies.items():
            aws.iam.RolePolicy(
                f"{plan.name}-{name}",
                name=name,
                role=role.name,
                policy=documents.text(policy),
                opts=pulumi.ResourceOptions(parent=self),
            )
        return role
