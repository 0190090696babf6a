"""EKS access entries: who may enter a cluster, and what they may do."""

from collections.abc import Collection
from typing import Any

from local.providers.aws import iam
from local.providers.aws.eks_kept import KeptResource
from local.providers.aws.resource import Inputs, Outputs, given
from local.providers.aws.session import refuse

POLICIES = "arn:aws:eks::aws:cluster-access-policy/"


class AccessEntry(KeptResource):
    """A principal that may enter a cluster; whether it exists is not asked."""

    type = "aws:eks/accessEntry:AccessEntry"

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Create the entry; a principal has one at most, and the cluster's creator has one already."""
        self.cluster(inputs)
        request = self._request(inputs) | given(type=inputs.get("type"), tags=inputs.get("tags") or None)
        self.aws.validate("eks", "CreateAccessEntry", request)
        self._check_groups("CreateAccessEntry", inputs)
        cluster, principal = inputs["clusterName"], inputs["principalArn"]
        if (cluster, principal) in self.aws.kept.entries:
            text = "The specified access entry resource is already in use on this cluster."
            refuse("CreateAccessEntry", "ResourceInUseException", text)
        self.aws.kept.entries[cluster, principal] = {"type": "STANDARD", **request, "policies": {}}
        arn = self.aws.arn("eks", f"access-entry/{cluster}/role/{self.aws.account}/{iam.named(principal)}")
        return f"{cluster}:{principal}", {
            "accessEntryArn": arn,
            "type": inputs.get("type", "STANDARD"),
            "userName": inputs.get("userName", principal),
        }

    def update(self, id_: str, changed: Collection[str], news: Inputs, outputs: Outputs) -> Outputs:
        """Update groups and user name."""
        request = self._request(news)
        self.aws.validate("eks", "UpdateAccessEntry", request)
        self._check_groups("UpdateAccessEntry", news)
        self.aws.kept.entries[news["clusterName"], news["principalArn"]] |= request
        return {"accessEntryArn": outputs["accessEntryArn"]}

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Delete the entry."""
        key = (outputs["clusterName"], outputs["principalArn"])
        self.aws.validate("eks", "DeleteAccessEntry", {"clusterName": key[0], "principalArn": key[1]})
        if self.aws.kept.entries.pop(key, None) is None:
            text = f"The specified principalArn could not be found: {key[1]}"
            refuse("DeleteAccessEntry", "ResourceNotFoundException", text)

    def _request(self, inputs: Inputs) -> dict[str, Any]:
        return given(
            clusterName=inputs["clusterName"],
            principalArn=inputs["principalArn"],
            kubernetesGroups=inputs.get("kubernetesGroups"),
            username=inputs.get("userName"),
        )

    def _check_groups(self, operation: str, inputs: Inputs) -> None:
        for group in inputs.get("kubernetesGroups", []):
            if group.startswith("system:"):
                text = f"The kubernetes group name {group} is invalid, it cannot start with system:"
                refuse(operation, "InvalidParameterException", text)


class AccessPolicyAssociation(KeptResource):
    """What an access entry may do."""

    type = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
    tagged = False

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Associate the policy; the entry must exist, and the policy must be one of AWS's."""
        cluster, principal, policy = inputs["clusterName"], inputs["principalArn"], inputs["policyArn"]
        scope = inputs["accessScope"]
        request = {"clusterName": cluster, "principalArn": principal, "policyArn": policy, "accessScope": scope}
        self.aws.validate("eks", "AssociateAccessPolicy", request)
        entry = self.aws.kept.entries.get((cluster, principal))
        if entry is None:
            text = f"The specified principalArn could not be found: {principal}"
            refuse("AssociateAccessPolicy", "ResourceNotFoundException", text)
        if not policy.startswith(POLICIES):
            text = f"The specified policyArn is invalid: {policy}"
            refuse("AssociateAccessPolicy", "InvalidParameterException", text)
        entry["policies"][policy] = scope
        return f"{cluster}#{principal}#{policy}", {}

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Disassociate the policy; the entry may be deleted already."""
        entry = self.aws.kept.entries.get((outputs["clusterName"], outputs["principalArn"]))
        if entry is not None:
            entry["policies"].pop(outputs["policyArn"], None)


RESOURCES = (AccessEntry, AccessPolicyAssociation)
