"""EKS pod identities."""

import secrets
from collections.abc import Collection

from local.providers.aws import iam
from local.providers.aws.eks_kept import KeptResource
from local.providers.aws.resource import Inputs, Outputs, given
from local.providers.aws.session import refuse


class PodIdentityAssociation(KeptResource):
    """The role of a service account's pods."""

    type = "aws:eks/podIdentityAssociation:PodIdentityAssociation"

    def create(self, inputs: Inputs) -> tuple[str, Outputs]:
        """Create the association; one a service account, with a role that EKS Pod Identity may assume."""
        self.cluster(inputs)
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
        """Update the role."""
        request = {"clusterName": news["clusterName"], "associationId": id_, "roleArn": news["roleArn"]}
        self.aws.validate("eks", "UpdatePodIdentityAssociation", request)
        self._trusted("UpdatePodIdentityAssociation", news["roleArn"])
        self.aws.kept.associations[id_]["roleArn"] = news["roleArn"]
        return {}

    def delete(self, id_: str, outputs: Outputs) -> None:
        """Delete the association."""
        request = {"clusterName": outputs["clusterName"], "associationId": id_}
        self.aws.validate("eks", "DeletePodIdentityAssociation", request)
        if self.aws.kept.associations.pop(id_, None) is None:
            refuse("DeletePodIdentityAssociation", "NotFoundException", f"No association found: {id_}")

    def _trusted(self, operation: str, role_arn: str) -> None:
        if "pods.eks.amazonaws.com" not in iam.trusted_services(self.aws, role_arn):
            text = f"Trust policy of the role {role_arn} does not let pods.eks.amazonaws.com assume it"
            refuse(operation, "InvalidParameterException", text)


RESOURCES = (PodIdentityAssociation,)
