"""IAM roles, their policies, and identity providers."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from moto.iam.exceptions import MalformedPolicyDocument
from moto.iam.policy_validation import IAMTrustPolicyDocumentValidator

from local.providers.aws.resource import Inputs, Outputs, Resource, pairs
from local.providers.aws.session import Session, refuse


class Role(Resource):
    """A role."""

    type = "aws:iam/role:Role"

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Create the role; moto validates the trust policy only when it is changed, AWS at once."""
        trust = inputs["assumeRolePolicy"]
        try:
            IAMTrustPolicyDocumentValidator(trust).validate()
        except MalformedPolicyDocument as fault:
            refuse("CreateRole", "MalformedPolicyDocument", str(fault.message))
        role = self.aws.iam.create_role(
            RoleName=inputs["name"],
            AssumeRolePolicyDocument=trust,
            # The bridge's default, pulumi-aws provider/resources.go.
            Description=inputs.get("description", "Managed by Pulumi"),
            Tags=pairs(inputs.get("tags")),
        )["Role"]
        return role["RoleName"], {
            "arn": role["Arn"],
            "uniqueId": role["RoleId"],
            "createDate": role["CreateDate"].isoformat(),
        }

    def update(self, id_: str, changed: Collection[str], news: Inputs, outputs: Outputs) -> Outputs:
        """Update trust policy and description."""
        if "assumeRolePolicy" in changed:
            self.aws.iam.update_assume_role_policy(RoleName=id_, PolicyDocument=news["assumeRolePolicy"])
        if "description" in changed:
            self.aws.iam.update_role_description(RoleName=id_, Description=news["description"])
        return {}

    def retag(self, id_: str, outputs: Outputs, tags: Mapping[str, str], gone: Collection[str]) -> None:
        """Change tags through IAM's own tag API."""
        if gone:
            self.aws.iam.untag_role(RoleName=id_, TagKeys=sorted(gone))
        if tags:
            self.aws.iam.tag_role(RoleName=id_, Tags=pairs(tags))

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Delete the role; moto refuses while policies are attached or inline."""
        self.aws.iam.delete_role(RoleName=id_)


class RolePolicy(Resource):
    """An inline policy."""

    type = "aws:iam/rolePolicy:RolePolicy"
    tagged = False

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Put the policy; moto refuses malformed documents."""
        self._put(inputs)
        return f"{inputs['role']}:{inputs['name']}", {}

    def update(self, id_: str, changed: Collection[str], news: Inputs, outputs: Outputs) -> Outputs:
        """Put the policy again."""
        self._put(news)
        return {}

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Delete the policy."""
        self.aws.iam.delete_role_policy(RoleName=outputs["role"], PolicyName=outputs["name"])

    def _put(self, inputs: Inputs) -> None:
        self.aws.iam.put_role_policy(
            RoleName=inputs["role"], PolicyName=inputs["name"], PolicyDocument=inputs["policy"]
        )


class RolePolicyAttachment(Resource):
    """A managed policy on a role."""

    type = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    tagged = False

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Attach the policy; moto knows AWS's managed policies by name and refuses others."""
        self.aws.iam.attach_role_policy(RoleName=inputs["role"], PolicyArn=inputs["policyArn"])
        return f"{inputs['role']}-{inputs['policyArn']}", {}

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Detach the policy."""
        self.aws.iam.detach_role_policy(RoleName=outputs["role"], PolicyArn=outputs["policyArn"])


class OpenIdConnectProvider(Resource):
    """An OIDC issuer that IAM trusts."""

    type = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Create the provider."""
        made = self.aws.iam.create_open_id_connect_provider(
            Url=inputs["url"],
            ClientIDList=inputs["clientIdLists"],
            # Without one IAM takes it from the issuer.
            ThumbprintList=inputs.get("thumbprintLists", []),
            Tags=pairs(inputs.get("tags")),
        )
        return made["OpenIDConnectProviderArn"], {"arn": made["OpenIDConnectProviderArn"]}

    def retag(self, id_: str, outputs: Outputs, tags: Mapping[str, str], gone: Collection[str]) -> None:
        """Change tags through IAM's own tag API."""
        if gone:
            self.aws.iam.untag_open_id_connect_provider(OpenIDConnectProviderArn=id_, TagKeys=sorted(gone))
        if tags:
            self.aws.iam.tag_open_id_connect_provider(OpenIDConnectProviderArn=id_, Tags=pairs(tags))

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Delete the provider."""
        self.aws.iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=id_)


def named(arn: str) -> str:
    """Return the name of the role with this ARN."""
    return arn.rpartition("/")[2]


def managed_policies(aws: Session, role_arn: str) -> set[str]:
    """Return the names of a role's managed policies. Raises AWS's NoSuchEntity when the role does not exist."""
    attached = aws.iam.list_attached_role_policies(RoleName=named(role_arn))["AttachedPolicies"]
    return {policy["PolicyName"] for policy in attached}


def trusted_services(aws: Session, role_arn: str) -> set[str]:
    """Return the services that may assume a role. Raises AWS's NoSuchEntity when the role does not exist."""
    document: Any = aws.iam.get_role(RoleName=named(role_arn))["Role"]["AssumeRolePolicyDocument"]
    if isinstance(document, str):
        document = json.loads(document)
    found: set[str] = set()
    for statement in document["Statement"]:
        services = statement.get("Principal", {}).get("Service", [])
        found |= {services} if isinstance(services, str) else set(services)
    return found


RESOURCES = (Role, RolePolicy, RolePolicyAttachment, OpenIdConnectProvider)
