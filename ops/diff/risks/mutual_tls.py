"""Plain text in the mesh: PeerAuthentications accept it, DestinationRules send it."""

from collections.abc import Iterator, Mapping
from typing import Any

from components.settings import names
from ops.diff.changes import Comparison, Manifest
from ops.diff.edits import holds_for_all_of, label, objects, stays
from ops.diff.risks.rule import Found, Rule

# Weakest first. A mode that is not set is inherited, and at the top permissive.
TAKEN = {"DISABLE": 0, "PERMISSIVE": 1, "UNSET": 1, None: 1, "STRICT": 2}
PLAIN = 1
# Inside the mesh a mode that is not set is mutual TLS; to the outside it is what the workload itself sends.
SENT_INSIDE = {"DISABLE": 0, "SIMPLE": 1, "MUTUAL": 2, "ISTIO_MUTUAL": 2, None: 2}
SENT_OUTSIDE = {"DISABLE": 0, None: 0, "SIMPLE": 1, "MUTUAL": 2, "ISTIO_MUTUAL": 2}
ALL_PORTS = "trafficPolicy"


def mutual_tls_is_loosened(comparison: Comparison) -> Iterator[Found]:
    """Find PeerAuthentications that accept plain text and DestinationRules that send it."""
    before, after = objects(comparison)
    for each in sorted(before.keys() | after.keys()):
        compared = {"PeerAuthentication": _taken, "DestinationRule": _sent}.get(each[0])
        if compared and (each in after or stays(each, after)):
            yield from ((label(each), what) for what in compared(before.get(each), after.get(each)))


def _taken(old: Manifest | None, new: Manifest | None) -> Iterator[str]:
    olds, news = _modes(old), _modes(new)
    for where in sorted({*olds, *news}):
        was, now = olds.get(where), news.get(where)
        if TAKEN.get(now, 1) < TAKEN.get(was if old else "STRICT", 1):
            yield f"{where}: {was or 'not set'} \u2192 {now or 'not set'}: plain text is accepted."
        elif old and new and TAKEN.get(was, 1) > PLAIN and not holds_for_all_of(new, old):
            yield f"{where}: {was} no longer applies to every workload that it applied to: plain text is accepted."
        elif old and new and TAKEN.get(now, 1) <= PLAIN and not holds_for_all_of(old, new):
            yield f"{where}: {now or 'not set'} applies to more workloads: plain text is accepted."


def _modes(policy: Manifest | None) -> dict[str, Any]:
    spec = _spec(policy)
    found = {"mtls.mode": (spec.get("mtls") or {}).get("mode")} if policy else {}
    ports = spec.get("portLevelMtls") or {}
    return found | {f"portLevelMtls.{port}.mode": each.get("mode") for port, each in ports.items()}


def _sent(old: Manifest | None, new: Manifest | None) -> Iterator[str]:
    strength = SENT_INSIDE if _inside(new or old) else SENT_OUTSIDE
    olds, news = dict(_tls(_spec(old))), dict(_tls(_spec(new)))
    for where in sorted({*olds, *news}):
        was, now = (side.get(where, side.get(ALL_PORTS)) for side in (olds, news))
        if strength.get(now, 0) < strength.get(was, 0):
            sent = "without mutual TLS" if strength is SENT_INSIDE else "with weaker TLS or none"
            yield f"{where} tls.mode: {was or 'not set'} \u2192 {now or 'not set'}: calls are sent {sent}."


def _tls(spec: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield path and mode of each TLS setting of a DestinationRule."""
    subsets = {f"subset {each.get('name')}": each for each in spec.get("subsets") or ()}
    for where, holder in {ALL_PORTS: spec, **subsets}.items():
        policy = holder.get("trafficPolicy") or {}
        beside = "" if where == ALL_PORTS else f"{where} "
        ports = {f"{beside}port {_number(each)}": each for each in policy.get("portLevelSettings") or ()}
        for place, settings in {where: policy, **ports}.items():
            if settings.get("tls"):
                yield place, settings["tls"].get("mode")


def _number(port: Mapping[str, Any]) -> Any:
    return (port.get("port") or {}).get("number")


def _inside(rule: Manifest | None) -> bool:
    """Return whether the host is a service of the cluster: a short name, a full name or a pattern for them."""
    host = str(_spec(rule).get("host") or "")
    whole = names.CLUSTER_DOMAIN
    return "." not in host or host.endswith(whole) or whole.endswith(host.removeprefix("*."))


def _spec(manifest: Manifest | None) -> Mapping[str, Any]:
    return (manifest or {}).get("spec") or {}


RULES = (
    Rule(
        title="Mutual TLS loosened",
        why="Anyone in the network can read and change plain text, and no caller's identity is verified.",
        find=mutual_tls_is_loosened,
    ),
)
