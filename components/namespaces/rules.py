"""Rules for ``namespaces``: names, editors, and where calls lead."""

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
    """A namespace is listed once."""
    settings = context.settings
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


@rule("tenants")
def unreserved_names(context: Context) -> Iterable[Problem]:
    """No team gets a namespace that Kubernetes, Istio or this stack owns."""
    settings = context.settings
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


@rule("tenants")
def single_entry(context: Context) -> Iterable[Problem]:
    """No editor has an access entry of another kind already."""
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
                    reason=f"stands in {elsewhere} too: AWS keeps one access entry a principal, and refuses another.",
                    remedy=_remedy(elsewhere),
                )


def _remedy(elsewhere: str) -> str:
    if elsewhere == "cluster.viewers":
        return "Keep it in one of the two, or name another role here."
    return "Remove it here: an administrator may edit every namespace."


@rule("tenants")
def reachable_calls(context: Context) -> Iterable[Problem]:
    """Every call leads somewhere: a namespace of the mesh, or a host and port that the proxy can tell apart."""
    settings = context.settings
    known = egress.mesh_namespaces(settings)
    for i, namespace in enumerate(settings.namespaces):
        for j, text in enumerate(namespace.calls):
            if trouble := _trouble(egress.parse(text), known):
                reason, remedy = trouble
                yield Problem(key=f"namespaces[{i}].calls[{j}]", value=text, reason=reason, remedy=remedy)


def _trouble(call: egress.Inside | egress.Outside, known: frozenset[str]) -> tuple[str, str] | None:
    """Reason and remedy."""
    if isinstance(call, egress.Inside):
        if call.namespace in known:
            return None
        return (
            f"names {call.namespace}, which is no namespace of the mesh: no proxy would know where to send the call.",
            f"List {call.namespace} under namespaces, or write the service as host:port, "
            f"as in {_example(call)}.{call.namespace}.{names.CLUSTER_DOMAIN}:8080.",
        )
    return _host_trouble(call, known) or _port_trouble(call)


def _example(call: egress.Inside) -> str:
    return "service" if call.service == "*" else call.service


def _host_trouble(call: egress.Outside, known: frozenset[str]) -> tuple[str, str] | None:
    if not HOST.fullmatch(call.host):
        return (
            "is not the full DNS name of a host: a proxy cannot match an address, a short name or half a label.",
            'Write the full name, as in "db.example.org:5432", or "*." before one, as in "*.example.org:443".',
        )
    service, _, rest = call.host.partition(".")
    namespace, _, domain = rest.partition(".")
    if namespace in known and domain in ("svc", names.CLUSTER_DOMAIN):
        return (
            "is a service of the mesh: as an outside host it would be called without mutual TLS, and refused.",
            f"Write {namespace}/{service}.",
        )
    return None


def _port_trouble(call: egress.Outside) -> tuple[str, str] | None:
    if not 1 <= call.port <= 65535:
        return "has a port that does not exist.", "Write a port from 1 to 65535."
    if call.host.startswith("*.") and call.port not in egress.PROTOCOLS:
        return (
            "is a wildcard on a port where the proxy sees no name: it would open that port to every host.",
            "Write the full name of the host; wildcards work on port 80 by Host header and on 443 by server name.",
        )
    return None
