"""Namespaces of Istio itself."""

from ..kubernetes.namespace import Manifest, namespace_manifest
from ..settings import names


def system_namespaces() -> tuple[Manifest, ...]:
    """Return the namespaces istio-system and istio-cni.

    istio-system needs the discovery label: without it istiod ignores the mesh-wide policy in it, and the mesh is
    silently permissive. Only istio-cni is privileged, because its agent writes to the node.
    """
    return (
        namespace_manifest(names.ISTIO_SYSTEM, "restricted", names.DISCOVERY_LABELS),
        namespace_manifest(names.ISTIO_CNI, "privileged", {}),
    )
