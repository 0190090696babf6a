"""Conversion of plain Kubernetes manifests, whose content each subject decides, into Pulumi resources."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

TYPED: dict[tuple[str, str], Callable[..., pulumi.CustomResource]] = {
    ("v1", "Namespace"): kubernetes.core.v1.Namespace,
    ("v1", "ServiceAccount"): kubernetes.core.v1.ServiceAccount,
    ("v1", "Service"): kubernetes.core.v1.Service,
    ("v1", "Secret"): kubernetes.core.v1.Secret,
    ("v1", "ResourceQuota"): kubernetes.core.v1.ResourceQuota,
    ("v1", "ConfigMap"): kubernetes.core.v1.ConfigMap,
    ("apps/v1", "Deployment"): kubernetes.apps.v1.Deployment,
    ("policy/v1", "PodDisruptionBudget"): kubernetes.policy.v1.PodDisruptionBudget,
    ("rbac.authorization.k8s.io/v1", "Role"): kubernetes.rbac.v1.Role,
    ("rbac.authorization.k8s.io/v1", "RoleBinding"): kubernetes.rbac.v1.RoleBinding,
    (
        "admissionregistration.k8s.io/v1",
        "MutatingWebhookConfiguration",
    ): kubernetes.admissionregistration.v1.MutatingWebhookConfiguration,
}


def apply(name: str, manifest: Mapping[str, Any], opts: pulumi.ResourceOptions) -> pulumi.CustomResource:
    """Create the resource of a manifest: the typed class of its kind, or a custom resource for the kinds of CRDs.

    Args:
        name: logical name; the object's own name is the manifest's ``metadata.name``, never generated.
        manifest: the manifest.
        opts: options of the resource.

    Raises:
        ValueError: the manifest has no name, its kind is built in but not listed in ``TYPED`` (as a custom resource it
            would not be awaited), or a custom resource has a field besides ``spec``.
    """
    api_version, kind = manifest["apiVersion"], manifest["kind"]
    metadata = manifest["metadata"]
    if "name" not in metadata:
        raise ValueError(f"{kind} {name} has no metadata.name: the engine would append random letters to it")
    fields = {key: value for key, value in manifest.items() if key not in ("apiVersion", "kind", "metadata")}
    if typed := TYPED.get((api_version, kind)):
        return typed(name, metadata=metadata, opts=opts, **{_argument(key): value for key, value in fields.items()})
    if _built_in(api_version):
        raise ValueError(f"{api_version} {kind} is built into Kubernetes: add its class to TYPED beside this function")
    if fields.keys() != {"spec"}:
        raise ValueError(f"{kind} {name} must have a spec and no other field, but has {sorted(fields)}")
    return kubernetes.apiextensions.CustomResource(
        name, api_version=api_version, kind=kind, metadata=metadata, spec=fields["spec"], opts=opts
    )


def _built_in(api_version: str) -> bool:
    group = api_version.rpartition("/")[0]
    return "." not in group or group.endswith(".k8s.io")


def _argument(key: str) -> str:
    """Return the keyword for a field: only the constructor's own keywords are snake_case, and nested keys are not."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key).lower()
