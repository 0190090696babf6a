"""EKS add-ons, pod identities and access entries: not in moto, so botocore's model and AWS's known refusals decide."""

import secrets
from collections.abc import Collection, Mapping
from typing import Any

from local.providers.aws import addon_catalogue, iam
from local.providers.aws.resource import Inputs, Outputs, Resource, given
from local.providers.aws.session import refuse

POLICIES = "arn:aws:eks::aws:cluster-access-policy/"


class KeptResource(Resource):
    """A resource whose state and tags the stand-in keeps."""

    def retag(self, id_: str, outputs: Outputs, tags: Mapping[str, str], gone: Collection[str]) -> None:
        """Checked only."""
        if tags:
            arn = outputs.get("arn") or outputs["accessEntryArn"]
            self.aws.validate("eks", "TagResource", {"resourceArn": arn, "tags": dict(tags)})

    def _cluster(self, inputs: Inputs) -> dict[str, Any]:
        """AWS's ResourceNotFoundException when there is none."""
        found: dict[str, Any] = self.aws.eks.describe_cluster(name=inputs["clusterName"])["cluster"]
        return found


class Addon(KeptResource):
    """An add-on."""

    type = "aws:eks/addon:Addon"

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Create; done when it is active, which needs nodes for some."""
        cluster = self._cluster(inputs)
        name, key = inputs["addonName"], (inputs["clusterName"], inputs["addonName"])
        request = self._request(inputs) | given(tags=inputs.get("tags") or None)
        self.aws.validate("eks", "CreateAddon", request)
        if key in self.aws.kept.addons:
            refuse("CreateAddon", "ResourceInUseException", "Addon already exists.")
        self._check("CreateAddon", inputs, cluster)
        self._active("CreateAddon", inputs)
        self.aws.kept.addons[key] = request
        arn = self.aws.arn("eks", f"addon/{key[0]}/{name}/{secrets.token_hex(8)}")
        return f"{key[0]}:{name}", {"arn": arn, "createdAt": cluster["createdAt"].isoformat()}

    def update(self, id_: str, changed: Collection[str], news: Inputs, outputs: Outputs) -> Outputs:
        """Version and configuration."""
        self._check("UpdateAddon", news, self._cluster(news))
        self._active("UpdateAddon", news)
        request = self._request(news)
        self.aws.validate("eks", "UpdateAddon", request)
        self.aws.kept.addons[news["clusterName"], news["addonName"]] |= request
        return {}

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Delete; with ``preserve`` its pods stay on the nodes, which only nodes would notice."""
        key = (outputs["clusterName"], outputs["addonName"])
        request = {"clusterName": key[0], "addonName": key[1], **given(preserve=outputs.get("preserve"))}
        self.aws.validate("eks", "DeleteAddon", request)
        if key not in self.aws.kept.addons:
            refuse("DeleteAddon", "ResourceNotFoundException", f"No addon: {key[1]} found in cluster: {key[0]}")
        del self.aws.kept.addons[key]

    def _request(self, inputs: Inputs) -> dict[str, Any]:
        on_create = inputs.get("resolveConflictsOnCreate")
        return given(
            clusterName=inputs["clusterName"],
            addonName=inputs["addonName"],
            addonVersion=inputs.get("addonVersion"),
            resolveConflicts=on_create,
            configurationValues=inputs.get("configurationValues"),
            podIdentityAssociations=inputs.get("podIdentityAssociations"),
        )

    def _check(self, operation: str, inputs: Inputs, cluster: Mapping[str, Any]) -> None:
        configuration = inputs.get("configurationValues")
        version = inputs.get("addonVersion")
        addon_catalogue.check(operation, inputs["addonName"], version, configuration, cluster["version"])
        for association in inputs.get("podIdentityAssociations", []):
            self.aws.iam.get_role(RoleName=iam.named(association["roleArn"]))

    def _active(self, operation: str, inputs: Inputs) -> None:
        """Without nodes AWS waits twenty minutes and says DEGRADED."""
        name, cluster = inputs["addonName"], inputs["clusterName"]
        if name not in addon_catalogue.NEED_NODES:
            return
        groups = [
            self.aws.eks.describe_nodegroup(clusterName=cluster, nodegroupName=each)["nodegroup"]
            for each in self.aws.eks.list_nodegroups(clusterName=cluster)["nodegroups"]
        ]
        if not addon_catalogue.runs_on(name, inputs.get("configurationValues"), groups):
            text = f"{name} is unhealthy: it doesn't have the desired number of replicas, as no node takes its pods"
            refuse(operation, "InsufficientNumberOfReplicas", text)


class PodIdentityAssociation(KeptResource):
    """The role of a service account's pods."""

    type = "aws:eks/podIdentityAssociation:PodIdentityAssociation"

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Create; one a service account, with a role that EKS Pod Identity may assume."""
        self._cluster(inputs)
        request = {key: inputs[key] for key in ("clusterName", "namespace", "serviceAccount", "roleArn")}
        self.aws.validate("eks", "CreatePodIdentityAssociation", request | given(tags=inputs.get("tags") or None))
        self._trusted("CreatePodIdentityAssociation", inputs["roleArn"])
        place = ("clusterName", "namespace", "serviceAccount")
        for id_, other in self.aws.kept.associations.items():
            if all(other[key] == request[key] for key in place):
                refuse("CreatePodIdentityAssociation", "ResourceInUseException", f"Association already exists: {id_}")
        id_ = f"a-{secrets.token_hex(9)[:17]}"
        self.aws.kept.associations[id_] = request
        arn = self.aws.arn("eks", f"podidentityassociation/{inputs['clusterName']}/{id_}")
        return id_, {"associationId": id_, "associationArn": arn, "arn": arn}

    def update(self, id_: str, changed: Collection[str], news: Inputs, outputs: Outputs) -> Outputs:
        """Another role."""
        request = {"clusterName": news["clusterName"], "associationId": id_, "roleArn": news["roleArn"]}
        self.aws.validate("eks", "UpdatePodIdentityAssociation", request)
        self._trusted("UpdatePodIdentityAssociation", news["roleArn"])
        self.aws.kept.associations[id_]["roleArn"] = news["roleArn"]
        return {}

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Delete."""
        request = {"clusterName": outputs["clusterName"], "associationId": id_}
        self.aws.validate("eks", "DeletePodIdentityAssociation", request)
        if self.aws.kept.associations.pop(id_, None) is None:
            refuse("DeletePodIdentityAssociation", "NotFoundException", f"No association found: {id_}")

    def _trusted(self, operation: str, role_arn: str) -> None:
        if "pods.eks.amazonaws.com" not in iam.trusted_services(self.aws, role_arn):
            text = f"Trust policy of the role {role_arn} does not let pods.eks.amazonaws.com assume it"
            refuse(operation, "InvalidParameterException", text)


class AccessEntry(KeptResource):
    """A principal that may enter a cluster; whether it exists is not asked."""

    type = "aws:eks/accessEntry:AccessEntry"

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Create; one a principal, and the cluster's creator has one already."""
        self._cluster(inputs)
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
        """Groups and user name."""
        request = self._request(news)
        self.aws.validate("eks", "UpdateAccessEntry", request)
        self._check_groups("UpdateAccessEntry", news)
        self.aws.kept.entries[news["clusterName"], news["principalArn"]] |= request
        return {"accessEntryArn": outputs["accessEntryArn"]}

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Delete."""
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
        """Associate; the entry exists, and the policy is one of AWS's."""
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
        """Disassociate; the entry may be gone already."""
        entry = self.aws.kept.entries.get((outputs["clusterName"], outputs["principalArn"]))
        if entry is not None:
            entry["policies"].pop(outputs["policyArn"], None)


RESOURCES = (Addon, PodIdentityAssociation, AccessEntry, AccessPolicyAssociation)
