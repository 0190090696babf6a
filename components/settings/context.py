"""Values shared by every component of a stack."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Site:
    """Values shared by every component: environment, region, tags and deletion protection."""

    environment: str
    """Project and stack, such as ``istio-eks-dev``: the name of the cluster, and the prefix of every Name tag."""
    region: str
    """AWS region."""
    tags: Mapping[str, str]
    """Tags for every AWS resource."""
    protect: bool
    """Whether resources that cannot be rebuilt are protected from deletion."""

    def named(self, suffix: str = "") -> dict[str, str]:
        """Return the tags with the Name that the AWS console shows."""
        return {**self.tags, "Name": f"{self.environment}-{suffix}" if suffix else self.environment}
