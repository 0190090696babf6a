"""Namespaces, with labels for the mesh, Pod Security and the load balancer controller, and the objects in them."""

from typing import Any

from ..istio import policy
from ..kubernetes.namespace import Manifest, PodSecurity, namespace_manifest
from ..settings import Namespace, Settings, names
from . import editors, egress

POD_SECURITY_WARNING = "pod-security.kubernetes.io/warn"


def gateway_namespace(gateway: str) -> Manifest:
    """Return the namespace of a gateway.

    It has no revision label: with one, the injector would ignore the revision that the release sets on its pods.
    """
    labels = {**names.DISCOVERY_LABELS, names.READINESS_GATE_LABEL: "enabled"}
    return namespace_manifest(names.gateway_workload(gateway), "restricted", labels)


def mesh_namespace(name: str, tag: str, pod_security: PodSecurity = "restricted") -> Manifest:
    """Return a namespace whose pods are injected by the control plane that ``tag`` names.

    Pod Security enforces its level only on pods. The warning level makes ``kubectl apply`` of a Deployment warn that
    its pods will be rejected, or would be under ``restricted``.
    """
    labels = {POD_SECURITY_WARNING: "restricted", names.REVISION_LABEL: tag, **names.DISCOVERY_LABELS}
    return namespace_manifest(name, pod_security, labels)


def mesh_objects(settings: Namespace) -> tuple[Manifest, ...]:
    """Return the objects in a mesh namespace: default deny, quota, exceptions to the scope, and RBAC of the editors."""
    return (
        policy.deny_by_default(settings.name),
        _no_way_in_of_its_own(settings),
        *egress.objects(settings),
        *editors.objects(settings),
    )


def _no_way_in_of_its_own(settings: Namespace) -> Manifest:
    """Return a quota on Services that would make a namespace reachable other than through the gateways.

    A Service of type LoadBalancer would get its own load balancer from AWS. That would be open to every address, bypass
    the gateways' hosts and allowed ranges, and block the deletion of the VPC.
    """
    ports = {} if settings.load_balancers else {"services.nodeports": "0"}
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "ways-in", "namespace": settings.name},
        "spec": {"hard": {"services.loadbalancers": str(settings.load_balancers), **ports}},
    }


def contract(settings: Settings) -> dict[str, dict[str, Any]]:
    """Return the output ``namespaces`` of the contract, by namespace."""
    return {namespace.name: _promise(namespace, settings) for namespace in settings.namespaces}


def _promise(namespace: Namespace, settings: Settings) -> dict[str, Any]:
    return {
        "podSecurity": namespace.pod_security,
        "principalPrefix": names.principal(settings.mesh.trust_domain, namespace.name, ""),
        "hosts": [
            f"{name}/{claim.host}"
            for name, gateway in settings.gateways.items()
            for claim in gateway.claims
            if claim.namespace == namespace.name
        ],
        "calls": list(namespace.calls),
        "editorsGroup": names.editors_group(namespace.name) if namespace.editors else None,
    }
