"""Resources of EKS that moto does not have: botocore's model and AWS's known refusals decide."""

from collections.abc import Collection, Mapping
from typing import Any

from local.providers.aws.resource import Inputs, Outputs, Resource


class KeptResource(Resource):
    """A resource whose state and tags the stand-in keeps."""

    def retag(self, id_: str, outputs: Outputs, tags: Mapping[str, str], gone: Collection[str]) -> None:
        """Check the request only."""
        if tags:
            arn = outputs.get("arn") or outputs["accessEntryArn"]
            self.aws.validate("eks", "TagResource", {"resourceArn": arn, "tags": dict(tags)})

    def cluster(self, inputs: Inputs) -> dict[str, Any]:
        """Return the cluster of the inputs. Raises AWS's ResourceNotFoundException when it does not exist."""
        found: dict[str, Any] = self.aws.eks.describe_cluster(name=inputs["clusterName"])["cluster"]
        return found
