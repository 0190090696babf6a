"""The namespaces of Istio itself."""

from ..kubernetes.namespace import Manifest, namespace_manifest
from ..settings import names


def system_namespaces() -> tuple[Manifest, ...]:
    """istio-system and istio-cni.

    istio-system carries the discovery label: without it istiod ignores the mesh-wide policy that lives there,
    and the mesh is silently permissive. istio-cni alone is privileged: its agent writes to the node.
    """
    return (
        namespace_manifest(names.ISTIO_SYSTEM, "restricted", names.DISCOVERY_LABELS),
        namespace_manifest(names.ISTIO_CNI, "privileged", {}),
    )
