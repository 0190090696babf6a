"""Namespaces: what the mesh, Pod Security and the load balancer controller read from their labels."""

from collections.abc import Callable, Iterable
from typing import Any

from ..istio import policy
from ..kubernetes.namespace import Manifest, PodSecurity, namespace_manifest
from ..settings import Namespace, Settings, names
from ..settings.problems import Problem
from . import editors, egress

POD_SECURITY_WARNING = "pod-security.kubernetes.io/warn"
# Namespaces of Kubernetes, Istio and this stack.
RESERVED_PREFIXES = ("kube-", "istio-", "gateway-")


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
            f"{gateway}/{host.removeprefix(f'{namespace.name}/')}"
            for gateway, plan in settings.gateways.items()
            for host in plan.hosts
            if host.startswith(f"{namespace.name}/")
        ],
        "calls": list(namespace.calls),
        "editorsGroup": editors.group(namespace.name) if namespace.editors else None,
    }


def unique_names(settings: Settings) -> Iterable[Problem]:
    """A namespace is listed once."""
    first: dict[str, int] = {}
    for i, namespace in enumerate(settings.namespaces):
        if namespace.name in first:
            yield Problem(
                key=f"namespaces[{i}].name",
                value=namespace.name,
                reason=f"is namespaces[{first[namespace.name]}] already: one namespace would have two owners.",
                remedy="Merge the two entries, or name this one otherwise.",
            )
        first.setdefault(namespace.name, i)


def unreserved_names(settings: Settings) -> Iterable[Problem]:
    """No team gets a namespace that Kubernetes, Istio or this stack owns."""
    reserved = {"default", *({names.BOOKINFO} if settings.bookinfo.enabled else set())}
    for i, namespace in enumerate(settings.namespaces):
        if namespace.name in reserved or namespace.name.startswith(RESERVED_PREFIXES):
            yield Problem(
                key=f"namespaces[{i}].name",
                value=namespace.name,
                reason="is taken by Kubernetes, Istio or this stack.",
                remedy=f"Choose a name that is not {' or '.join(sorted(reserved))} "
                f"and does not begin with {', '.join(RESERVED_PREFIXES)}.",
            )


# What must hold of the settings of namespaces, for ``stack.rules``.
RULES: tuple[Callable[[Settings], Iterable[Problem]], ...] = (
    unique_names,
    unreserved_names,
    egress.reachable_calls,
    editors.single_entry,
)
