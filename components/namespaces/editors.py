"""Editors of a namespace: which group they enter the cluster with, and what it may do there."""

from ..kubernetes.namespace import Manifest
from ..settings import Namespace, names

ROLE = "editors"
RBAC = "rbac.authorization.k8s.io"
READ = ("get", "list", "watch")
WRITE = (*READ, "create", "update", "patch", "delete")

# Left out on purpose: Secrets; exec and port-forward into pods, which pass by mutual TLS and authorization;
# TargetGroupBindings, Gateways, Sidecars, ServiceEntries, PeerAuthentications, EnvoyFilters, RBAC and the namespace
# itself, by which a team would take what the platform gives it through the settings.
RULES: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("", ("services", "configmaps", "serviceaccounts", "persistentvolumeclaims"), WRITE),
    ("", ("pods",), (*READ, "delete")),
    ("", ("pods/log", "events", "endpoints"), READ),
    ("apps", ("deployments", "deployments/scale", "statefulsets", "statefulsets/scale"), WRITE),
    ("apps", ("replicasets", "controllerrevisions"), READ),
    ("batch", ("jobs", "cronjobs"), WRITE),
    ("autoscaling", ("horizontalpodautoscalers",), WRITE),
    ("policy", ("poddisruptionbudgets",), WRITE),
    ("discovery.k8s.io", ("endpointslices",), READ),
    ("metrics.k8s.io", ("pods",), READ),
    ("networking.istio.io", ("virtualservices", "destinationrules"), WRITE),
    ("networking.istio.io", ("serviceentries", "sidecars"), READ),
    ("security.istio.io", ("authorizationpolicies", "requestauthentications"), WRITE),
    ("security.istio.io", ("peerauthentications",), READ),
)


def objects(settings: Namespace) -> tuple[Manifest, ...]:
    """Role and RoleBinding of a namespace's editors; none without editors.

    A namespace is one trust boundary: who may start pods in it may mount its Secrets and act as its ServiceAccounts.
    """
    if not settings.editors:
        return ()
    metadata = {"name": ROLE, "namespace": settings.name}
    role = {
        "apiVersion": f"{RBAC}/v1",
        "kind": "Role",
        "metadata": metadata,
        "rules": [
            {"apiGroups": [api_group], "resources": list(resources), "verbs": list(verbs)}
            for api_group, resources, verbs in RULES
        ],
    }
    binding = {
        "apiVersion": f"{RBAC}/v1",
        "kind": "RoleBinding",
        "metadata": metadata,
        "roleRef": {"apiGroup": RBAC, "kind": "Role", "name": ROLE},
        "subjects": [{"kind": "Group", "apiGroup": RBAC, "name": names.editors_group(settings.name)}],
    }
    return role, binding
