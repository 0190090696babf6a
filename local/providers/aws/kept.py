"""What the AWS stand-in keeps itself, because moto 5.2 does not: parts of EKS."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Kept:
    """EKS's own records, as its API would describe them.

    clusters: by name, what the program set that moto forgets. addons: by cluster and name. associations: by id.
    entries: by cluster and principal; ``policies`` in each by policy ARN. abandoned: interfaces by subnet that nodes
    left behind.
    """

    clusters: dict[str, dict[str, Any]] = field(default_factory=dict)
    addons: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    associations: dict[str, dict[str, Any]] = field(default_factory=dict)
    entries: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    abandoned: dict[str, str] = field(default_factory=dict)

    def forget(self, cluster: str) -> None:
        """Forget everything that is deleted with a cluster."""
        self.clusters.pop(cluster, None)
        self.addons = {key: addon for key, addon in self.addons.items() if key[0] != cluster}
        self.entries = {key: entry for key, entry in self.entries.items() if key[0] != cluster}
        self.associations = {
            key: association for key, association in self.associations.items() if association["clusterName"] != cluster
        }
