"""Namespaces: what the mesh, Pod Security and the load balancer controller read from their labels."""

from typing import Any

from ..istio import policy
from ..kubernetes.namespace import Manifest, PodSecurity, namespace_manifest
from ..settings import Namespace, Settings, names
from . import editors, egress

POD_SECURITY_WARNING = "pod-security.kubernetes.io/warn"


def gateway_namespace(gateway: str) -> Manifest:
    """Namespace of a gateway of the settings.

    No revision label: in a labelled namespace the injector ignores the revision that the release names on its pods.
    """
    labels = {**names.DISCOVERY_LABELS, names.READINESS_GATE_LABEL: "enabled"}
    return namespace_manifest(names.gateway_workload(gateway), "restricted", labels)


def mesh_namespace(name: str, tag: str, pod_security: PodSecurity = "restricted") -> Manifest:
    """Namespace whose pods are injected by the control plane that ``tag`` names.

    Enforcement only sees pods; the warning tells whoever applies a Deployment that its pods will be refused,
    or would be under ``restricted``.
    """
    labels = {POD_SECURITY_WARNING: "restricted", names.REVISION_LABEL: tag, **names.DISCOVERY_LABELS}
    return namespace_manifest(name, pod_security, labels)


def mesh_objects(settings: Namespace) -> tuple[Manifest, ...]:
    """What stands in a mesh namespace from the start: denial, quota, exceptions of scope, the editors' rights."""
    return (
        policy.deny_by_default(settings.name),
        _no_way_in_of_its_own(settings),
        *egress.objects(settings),
        *editors.objects(settings),
    )


def _no_way_in_of_its_own(settings: Namespace) -> Manifest:
    """Quota on what opens a namespace beside the gateways.

    A Service of type LoadBalancer would get one from AWS itself, open to everybody, past the gateways' hosts and
    sources, and would hold the VPC on destroy.
    """
    ports = {} if settings.load_balancers else {"services.nodeports": "0"}
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "ways-in", "namespace": settings.name},
        "spec": {"hard": {"services.loadbalancers": str(settings.load_balancers), **ports}},
    }


def contract(settings: Settings) -> dict[str, dict[str, Any]]:
    """What app teams may rely on, by namespace: the ``namespaces`` output."""
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
