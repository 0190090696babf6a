"""Gateways and namespaces: TLS of gateways, Pod Security, membership of the mesh."""

from collections.abc import Iterator, Mapping
from typing import Any

from components.settings import names
from ops.diff.changes import Comparison, Manifest
from ops.diff.edits import label, objects
from ops.diff.risks.rule import Found, Rule

# Weakest first.
POD_SECURITY = {None: 0, "privileged": 0, "baseline": 1, "restricted": 2}
GATEWAY_TLS = {None: 0, "PASSTHROUGH": 1, "OPTIONAL_MUTUAL": 1, "SIMPLE": 1, "AUTO_PASSTHROUGH": 1, "MUTUAL": 2}


def gateway_tls_is_loosened(comparison: Comparison) -> Iterator[Found]:
    """Find gateways that serve without TLS, or no longer require a client certificate."""
    before, after = objects(comparison)
    for each in sorted(before.keys() & after.keys()):
        if each[0] != "Gateway":
            continue
        olds, news = _servers(before[each]), _servers(after[each])
        for port in sorted(olds.keys() & news.keys()):
            was, now = olds[port], news[port]
            if GATEWAY_TLS.get(now, 0) < GATEWAY_TLS.get(was, 0):
                yield label(each), f"port {port}: {was} \u2192 {now or 'no TLS'}."
        for port in sorted(news.keys() - olds.keys()):
            if news[port] is None:
                yield label(each), f"port {port} is added without TLS."


def pod_security_is_loosened(comparison: Comparison) -> Iterator[Found]:
    """Find namespaces that accept pods they rejected before."""
    before, after = objects(comparison)
    for each in sorted(before.keys() & after.keys()):
        was, now = (_labels(side[each]).get(names.POD_SECURITY_LABEL) for side in (before, after))
        if each[0] == "Namespace" and POD_SECURITY.get(now, 0) < POD_SECURITY.get(was, 0):
            yield label(each), f"{names.POD_SECURITY_LABEL}: {was} \u2192 {now or 'not set'}."


def namespace_leaves_the_mesh(comparison: Comparison) -> Iterator[Found]:
    """Find namespaces whose pods no longer get a proxy, or that istiod no longer watches."""
    before, after = objects(comparison)
    for each in sorted(before.keys() & after.keys()):
        for key in (names.DISCOVERY_KEY, names.REVISION_LABEL):
            if each[0] == "Namespace" and key in _labels(before[each]) and key not in _labels(after[each]):
                yield label(each), f"loses the label {key}: no mesh policy applies in it."


def _servers(gateway: Manifest) -> dict[int, str | None]:
    servers = (gateway.get("spec") or {}).get("servers") or []
    return {int(each["port"]["number"]): (each.get("tls") or {}).get("mode") for each in servers}


def _labels(manifest: Manifest) -> Mapping[str, Any]:
    labels = (manifest.get("metadata") or {}).get("labels")
    return labels if isinstance(labels, Mapping) else {}


RULES = (
    Rule(
        title="Gateway TLS loosened",
        why="Clients' data and cookies may be readable on that port, or clients are no longer authenticated.",
        find=gateway_tls_is_loosened,
    ),
    Rule(
        title="Pod Security loosened",
        why="A pod with more rights on its node endangers every other pod there.",
        find=pod_security_is_loosened,
    ),
    Rule(
        title="Namespace leaves the mesh",
        why="Its workloads use plain text, and no authorization policy protects them.",
        find=namespace_leaves_the_mesh,
    ),
)
