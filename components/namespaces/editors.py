"""Editors of a namespace: their Kubernetes group and its permissions."""

from ..kubernetes.namespace import Manifest
from ..settings import Namespace, names

ROLE = "editors"
RBAC = "rbac.authorization.k8s.io"
READ = ("get", "list", "watch")
WRITE = (*READ, "create", "update", "patch", "delete")

# Omitted on purpose: Secrets; exec and port-forward into pods, which bypass mutual TLS and authorization; and
# TargetGroupBindings, Gateways, Sidecars, ServiceEntries, PeerAuthentications, EnvoyFilters, RBAC and the namespace
# itself, with which a team could grant itself what only the settings should grant.
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
    """Return Role and RoleBinding of a namespace's editors; nothing without editors.

    A namespace is one trust boundary: permission to start pods in it includes mounting its Secrets and acting as its
    ServiceAccounts.
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
