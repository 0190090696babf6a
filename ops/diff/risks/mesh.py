"""What the mesh lets through: mutual TLS, the way out, the way in, Pod Security."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from design import names
from ops.diff.changes import Comparison, Manifest
from ops.diff.edits import edits, objects, stays, told
from ops.diff.risks.rule import Found, Rule

# Weakest first. A mode that is not set is inherited, and at the top permissive.
MTLS = {"DISABLE": 0, "PERMISSIVE": 1, "UNSET": 1, None: 1, "STRICT": 2}
POD_SECURITY = {None: 0, "privileged": 0, "baseline": 1, "restricted": 2}
GATEWAY_TLS = {None: 0, "PASSTHROUGH": 1, "OPTIONAL_MUTUAL": 1, "SIMPLE": 1, "AUTO_PASSTHROUGH": 1, "MUTUAL": 2}


def mutual_tls_is_loosened(comparison: Comparison) -> Iterator[Found]:
    """PeerAuthentication takes plain text, or a DestinationRule sends it."""
    before, after = objects(comparison)
    for each in sorted(before.keys() | after.keys()):
        old, new = before.get(each), after.get(each)
        if each[0] == "PeerAuthentication" and (new is not None or stays(each, after)):
            for where in sorted({*_modes(old), *_modes(new)}):
                was, now = _modes(old).get(where), _modes(new).get(where)
                if MTLS.get(now, 1) < MTLS.get(was if old else "STRICT", 1):
                    yield told(each), f"{where}: {was or 'not set'} \u2192 {now or 'not set'}: plain text is let in."
        elif each[0] == "DestinationRule" and _sends_plain_text(new) and not _sends_plain_text(old):
            yield told(each), "trafficPolicy.tls.mode: DISABLE: calls leave without mutual TLS."


def way_out_is_opened(comparison: Comparison) -> Iterator[Found]:
    """Workloads reach hosts that nobody has registered, or know of more than their own namespace."""
    for edit in edits(comparison):
        if edit.keys[-2:] == ("outboundTrafficPolicy", "mode") and edit.after != "REGISTRY_ONLY":
            yield edit.subject, f"outboundTrafficPolicy.mode: {edit.before} \u2192 {edit.after}."
        # meshConfig is a text inside a ConfigMap once it is rendered.
        elif (
            edit.keys[-1:] == ("mesh",)
            and "REGISTRY_ONLY" in str(edit.before)
            and "REGISTRY_ONLY" not in str(edit.after)
        ):
            yield edit.subject, "outboundTrafficPolicy.mode: REGISTRY_ONLY is gone."
    before, after = objects(comparison)
    for each in sorted(after):
        if each[0] == "Sidecar" and each in before and (more := _hosts(after[each]) - _hosts(before[each])):
            yield told(each), f"egress hosts: {', '.join(sorted(more))} added."


def gateway_tls_is_loosened(comparison: Comparison) -> Iterator[Found]:
    """A gateway answers without TLS, or asks for no client certificate any more."""
    before, after = objects(comparison)
    for each in sorted(before.keys() & after.keys()):
        if each[0] != "Gateway":
            continue
        olds, news = _servers(before[each]), _servers(after[each])
        for port in sorted(olds.keys() & news.keys()):
            was, now = olds[port], news[port]
            if GATEWAY_TLS.get(now, 0) < GATEWAY_TLS.get(was, 0):
                yield told(each), f"port {port}: {was} \u2192 {now or 'no TLS'}."
        for port in sorted(news.keys() - olds.keys()):
            if news[port] is None:
                yield told(each), f"port {port} is new, without TLS."


def pod_security_is_loosened(comparison: Comparison) -> Iterator[Found]:
    """A namespace takes pods that it refused."""
    before, after = objects(comparison)
    for each in sorted(before.keys() & after.keys()):
        was, now = (_labels(side[each]).get(names.POD_SECURITY_LABEL) for side in (before, after))
        if each[0] == "Namespace" and POD_SECURITY.get(now, 0) < POD_SECURITY.get(was, 0):
            yield told(each), f"{names.POD_SECURITY_LABEL}: {was} \u2192 {now or 'nothing'}."


def namespace_leaves_the_mesh(comparison: Comparison) -> Iterator[Found]:
    """Its pods get no proxy any more, or istiod does not see it."""
    before, after = objects(comparison)
    for each in sorted(before.keys() & after.keys()):
        for label in (names.DISCOVERY_KEY, names.REVISION_LABEL):
            if each[0] == "Namespace" and label in _labels(before[each]) and label not in _labels(after[each]):
                yield told(each), f"loses the label {label}: no policy of the mesh holds in it."


def _modes(policy: Manifest | None) -> dict[str, Any]:
    spec = (policy or {}).get("spec") or {}
    found = {"mtls.mode": (spec.get("mtls") or {}).get("mode")} if policy else {}
    ports = spec.get("portLevelMtls") or {}
    return found | {f"portLevelMtls.{port}.mode": each.get("mode") for port, each in ports.items()}


def _sends_plain_text(rule: Manifest | None) -> bool:
    return '"tls": {"mode": "DISABLE"' in json.dumps((rule or {}).get("spec") or {}, sort_keys=True)


def _hosts(sidecar: Manifest) -> set[str]:
    egress = (sidecar.get("spec") or {}).get("egress") or []
    return {str(host) for each in egress for host in each.get("hosts") or []}


def _servers(gateway: Manifest) -> dict[int, str | None]:
    servers = (gateway.get("spec") or {}).get("servers") or []
    return {int(each["port"]["number"]): (each.get("tls") or {}).get("mode") for each in servers}


def _labels(manifest: Manifest) -> Mapping[str, Any]:
    labels = (manifest.get("metadata") or {}).get("labels")
    return labels if isinstance(labels, Mapping) else {}


RULES = (
    Rule(
        title="Mutual TLS is loosened",
        why="Whoever is in the network reads and writes what is plain text, and no identity is proven.",
        find=mutual_tls_is_loosened,
    ),
    Rule(
        title="The way out is opened",
        why="What a taken-over workload can reach, it can send data to.",
        find=way_out_is_opened,
    ),
    Rule(
        title="TLS at a gateway is loosened",
        why="Clients' data and cookies travel readable on that port.",
        find=gateway_tls_is_loosened,
    ),
    Rule(
        title="Pod Security is loosened",
        why="A pod that may do more on its node endangers every other pod there.",
        find=pod_security_is_loosened,
    ),
    Rule(
        title="A namespace leaves the mesh",
        why="Its workloads speak plain text and are stopped by nobody.",
        find=namespace_leaves_the_mesh,
    ),
)
