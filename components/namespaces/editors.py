"""Editors of a namespace: which group they enter the cluster with, and what it may do there."""

from collections.abc import Iterable, Sequence
from typing import Any

from ..cluster.access import AccessPlan
from ..settings import Namespace, Settings, names
from ..settings.problems import Problem

Manifest = dict[str, Any]

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


def group(namespace: str) -> str:
    """Kubernetes group of a namespace's editors (EKS refuses the prefixes system:, eks:, aws:, amazon: and iam:)."""
    return f"{names.PROJECT}:{namespace}:editors"


def entries(namespaces: Sequence[Namespace]) -> tuple[AccessPlan, ...]:
    """One entry a principal, with the groups of every namespace it edits: AWS answers a second one with 409."""
    groups: dict[str, set[str]] = {}
    for namespace in namespaces:
        for principal in namespace.editors:
            groups.setdefault(principal, set()).add(group(namespace.name))
    return tuple(AccessPlan(principal_arn=arn, groups=tuple(sorted(groups[arn]))) for arn in sorted(groups))


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
        "subjects": [{"kind": "Group", "apiGroup": RBAC, "name": group(settings.name)}],
    }
    return role, binding


def single_entry(settings: Settings) -> Iterable[Problem]:
    """No editor has an access entry of another kind already."""
    cluster = settings.cluster
    taken = {
        **dict.fromkeys(cluster.viewers, "cluster.viewers"),
        **dict.fromkeys(cluster.admins, "cluster.admins"),
        **({cluster.deployer: "cluster.deployer"} if cluster.deployer else {}),
    }
    for i, namespace in enumerate(settings.namespaces):
        for j, principal in enumerate(namespace.editors):
            if elsewhere := taken.get(principal):
                yield Problem(
                    key=f"namespaces[{i}].editors[{j}]",
                    value=principal,
                    reason=f"stands in {elsewhere} too: AWS keeps one access entry a principal, and refuses another.",
                    remedy=_remedy(elsewhere),
                )


def _remedy(elsewhere: str) -> str:
    if elsewhere == "cluster.viewers":
        return "Keep it in one of the two, or name another role here."
    return "Remove it here: an administrator may edit every namespace."
