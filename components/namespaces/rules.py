"""Rules for ``namespaces``: names, editors and calls."""

import re
from collections.abc import Iterable

from ..settings import names
from ..settings.problems import Problem
from ..settings.registry import Context, rule
from . import egress

# Namespaces of Kubernetes, Istio and this stack.
RESERVED_PREFIXES = ("kube-", "istio-", "gateway-")
HOST = re.compile(r"(\*\.)?([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)+[a-z]([-a-z0-9]{0,61}[a-z0-9])?")


@rule("tenants")
def unique_names(context: Context) -> Iterable[Problem]:
    """Check that every namespace is listed once."""
    settings = context.settings
    first: dict[str, int] = {}
    for i, namespace in enumerate(settings.namespaces):
        if namespace.name in first:
            yield Problem(
                key=f"namespaces[{i}].name",
                value=namespace.name,
                reason=f"is already the name of namespaces[{first[namespace.name]}]: a namespace has one entry.",
                remedy="Merge the two entries, or choose another name.",
            )
        first.setdefault(namespace.name, i)


@rule("tenants")
def unreserved_names(context: Context) -> Iterable[Problem]:
    """Check that no team gets a namespace that Kubernetes, Istio or this stack owns."""
    settings = context.settings
    reserved = {"default", *({names.BOOKINFO} if settings.bookinfo.enabled else set())}
    for i, namespace in enumerate(settings.namespaces):
        if namespace.name in reserved or namespace.name.startswith(RESERVED_PREFIXES):
            yield Problem(
                key=f"namespaces[{i}].name",
                value=namespace.name,
                reason="is reserved for Kubernetes, Istio or this stack.",
                remedy=f"Choose a name that is not {' or '.join(sorted(reserved))} "
                f"and does not begin with {', '.join(RESERVED_PREFIXES)}.",
            )


@rule("tenants")
def single_entry(context: Context) -> Iterable[Problem]:
    """Check that no editor already has an access entry as deployer, administrator or viewer."""
    settings = context.settings
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
                    reason=f"is also listed in {elsewhere}: EKS keeps one access entry for each principal.",
                    remedy=_remedy(elsewhere),
                )


def _remedy(elsewhere: str) -> str:
    if elsewhere == "cluster.viewers":
        return "Keep it in one of the two lists, or use another role here."
    return "Remove it here; an administrator may edit every namespace."


@rule("tenants")
def reachable_calls(context: Context) -> Iterable[Problem]:
    """Check that every call names a namespace of the mesh, or a host and port that the proxy can match."""
    settings = context.settings
    known = egress.mesh_namespaces(settings)
    for i, namespace in enumerate(settings.namespaces):
        for j, text in enumerate(namespace.calls):
            if trouble := _trouble(egress.parse(text), known):
                reason, remedy = trouble
                yield Problem(key=f"namespaces[{i}].calls[{j}]", value=text, reason=reason, remedy=remedy)


def _trouble(call: egress.Inside | egress.Outside, known: frozenset[str]) -> tuple[str, str] | None:
    """Return reason and remedy, or None for a valid call."""
    if isinstance(call, egress.Inside):
        if call.namespace in known:
            return None
        return (
            f"names {call.namespace}, which is not a namespace of the mesh: the proxy could not route the call.",
            f"Add {call.namespace} to namespaces, or write the service as host:port, "
            f"such as {_example(call)}.{call.namespace}.{names.CLUSTER_DOMAIN}:8080.",
        )
    return _host_trouble(call, known) or _port_trouble(call)


def _example(call: egress.Inside) -> str:
    return "service" if call.service == "*" else call.service


def _host_trouble(call: egress.Outside, known: frozenset[str]) -> tuple[str, str] | None:
    if not HOST.fullmatch(call.host):
        return (
            "is not a fully qualified DNS name: the proxy cannot match an IP address, a short name or part of a label.",
            'Write the full name, such as "db.example.org:5432", or a wildcard, such as "*.example.org:443".',
        )
    service, _, rest = call.host.partition(".")
    namespace, _, domain = rest.partition(".")
    if namespace in known and domain in ("svc", names.CLUSTER_DOMAIN):
        return (
            "is a service of the mesh: called as an external host, without mutual TLS, it would reject the connection.",
            f"Write {namespace}/{service}.",
        )
    return None


def _port_trouble(call: egress.Outside) -> tuple[str, str] | None:
    if not 1 <= call.port <= 65535:
        return "has a port outside the range 1 to 65535.", "Use a port from 1 to 65535."
    if call.host.startswith("*.") and call.port not in egress.PROTOCOLS:
        return (
            "is a wildcard on a port where the proxy sees no host name: it would open that port to every host.",
            "Write the full name of the host; wildcards work on port 80 (Host header) and on port 443 (SNI).",
        )
    return None
