"""EKS add-ons."""

import secrets
from collections.abc import Collection, Mapping
from typing import Any

from local.providers.aws import addon_catalogue, iam
from local.providers.aws.eks_kept import KeptResource
from local.providers.aws.resource import Inputs, Outputs, given
from local.providers.aws.session import refuse


class Addon(KeptResource):
    """An add-on."""

    type = "aws:eks/addon:Addon"

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Create the add-on, and return when it is active, which requires nodes for some."""
        cluster = self.cluster(inputs)
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
        """Update version and configuration."""
        self._check("UpdateAddon", news, self.cluster(news))
        self._active("UpdateAddon", news)
        request = self._request(news)
        self.aws.validate("eks", "UpdateAddon", request)
        self.aws.kept.addons[news["clusterName"], news["addonName"]] |= request
        return {}

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Delete the add-on; with ``preserve`` its pods stay on the nodes, which only nodes would notice."""
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
        """Check that the add-on becomes active: without nodes AWS waits twenty minutes and reports DEGRADED."""
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


RESOURCES = (Addon,)
