"""What is the same for every component of a stack."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Site:
    """Where and as what a stack is built.

    environment: project and stack, ``istio-eks-dev``; names the cluster and begins every AWS name tag.
    region: AWS region.
    tags: of every AWS resource.
    protect: whether what cannot be rebuilt refuses deletion.
    """

    environment: str
    region: str
    tags: Mapping[str, str]
    protect: bool

    def named(self, suffix: str = "") -> dict[str, str]:
        """The tags with the name that the console shows."""
        return {**self.tags, "Name": f"{self.environment}-{suffix}" if suffix else self.environment}
