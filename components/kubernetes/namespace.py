"""Manifests of namespaces, each with a Pod Security level."""

from typing import Any, Literal

from ..settings import names

Manifest = dict[str, Any]
PodSecurity = Literal["privileged", "baseline", "restricted"]


def namespace_manifest(name: str, pod_security: PodSecurity, labels: dict[str, str]) -> Manifest:
    """Return the manifest of a namespace."""
    security = {names.POD_SECURITY_LABEL: pod_security}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": {**security, **labels}}}
