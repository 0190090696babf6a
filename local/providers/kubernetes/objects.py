"""What an API server knows of an object before it looks inside."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CLUSTER_SCOPED = frozenset(
    {
        "ClusterRole",
        "ClusterRoleBinding",
        "CustomResourceDefinition",
        "IngressClass",
        "IngressClassParams",
        "MutatingWebhookConfiguration",
        "Namespace",
        "PriorityClass",
        "StorageClass",
        "ValidatingWebhookConfiguration",
    }
)

# Kubernetes makes these itself.
NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")

# API groups that are not there until somebody installs them, and the chart that does: Istio's `base` chart has its CRDs
# as templates that Helm keeps (files/crd-all.gen.yaml, helm.sh/resource-policy: keep), the controller's chart has its
# own in `crds/`, which Helm never removes. So they stay when the release is gone.
CHART_OF_GROUP = {
    "elbv2.k8s.aws": "aws-load-balancer-controller",
    "extensions.istio.io": "base",
    "networking.istio.io": "base",
    "security.istio.io": "base",
    "telemetry.istio.io": "base",
}
BUILT_IN_GROUPS = frozenset({"", "apps", "autoscaling", "batch", "policy"})


@dataclass(frozen=True, order=True)
class Identity:
    """Where an object lives; ``namespace`` is empty for what belongs to the whole cluster."""

    group: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}" if self.namespace else self.name

    @property
    def text(self) -> str:
        """Return the name as in messages of the API server, prefixed with the namespace."""
        return f"{self.kind} {self}"

    @property
    def resource(self) -> str:
        """Return the plural with group: ``secrets``, ``targetgroupbindings.elbv2.k8s.aws``."""
        plural = self.kind.lower()
        plural = plural[:-1] + "ies" if plural.endswith("y") and plural[-2] not in "aeiou" else plural + "s"
        return f"{plural}.{self.group}" if self.group else plural


def identity(manifest: Mapping[str, Any]) -> Identity:
    """Return the identity of a manifest's object."""
    metadata = manifest["metadata"]
    scoped = manifest["kind"] in CLUSTER_SCOPED
    return Identity(
        group=manifest["apiVersion"].rpartition("/")[0],
        kind=manifest["kind"],
        namespace="" if scoped else metadata.get("namespace", "default"),
        name=metadata["name"],
    )


def built_in(group: str) -> bool:
    """Check whether every cluster has this API group."""
    return group in BUILT_IN_GROUPS or (group.endswith(".k8s.io") and group not in CHART_OF_GROUP)
