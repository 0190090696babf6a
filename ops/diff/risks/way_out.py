"""Egress: unregistered hosts that workloads may call, and what their Sidecars make visible."""

from collections.abc import Iterator, Mapping

from components.settings import names
from ops.diff.changes import Comparison, Identity, Manifest
from ops.diff.edits import edits, holds_for_all_of, label, objects, stays
from ops.diff.risks.rule import Found, Rule

EVERYTHING = "*/*"


def way_out_is_opened(comparison: Comparison) -> Iterator[Found]:
    """Find workloads that may call unregistered hosts, or that see more services than before."""
    for edit in edits(comparison):
        if edit.keys[-2:] == ("outboundTrafficPolicy", "mode") and edit.after != "REGISTRY_ONLY":
            yield edit.subject, f"outboundTrafficPolicy.mode: {edit.before} \u2192 {edit.after}."
        # Helm renders meshConfig as text inside a ConfigMap.
        elif (
            edit.keys[-1:] == ("mesh",)
            and "REGISTRY_ONLY" in str(edit.before)
            and "REGISTRY_ONLY" not in str(edit.after)
        ):
            yield edit.subject, "outboundTrafficPolicy.mode: REGISTRY_ONLY is removed."
    yield from _scopes(*objects(comparison))


def _scopes(before: Mapping[Identity, Manifest], after: Mapping[Identity, Manifest]) -> Iterator[Found]:
    for each in sorted(before.keys() | after.keys()):
        old, new = before.get(each), after.get(each)
        # A new or removed namespace opens nothing that was closed before.
        if each[0] != "Sidecar" or not (old or stays(each, before)) or not (new or stays(each, after)):
            continue
        was = _hosts(old) or _elsewhere(each, before)
        now = _hosts(new) or _elsewhere(each, after)
        if new is None and (more := _beyond(now, was)):
            yield label(each), f"is removed: {more} can be called."
        elif more := _beyond(now, was):
            yield label(each), f"egress hosts: {more} added."
        elif old and new and not holds_for_all_of(new, old) and (more := _beyond(_elsewhere(each, after), was)):
            yield label(each), f"no longer applies to every workload that it applied to: {more} can be called."


def _elsewhere(sidecar: Identity, side: Mapping[Identity, Manifest]) -> set[str]:
    """Return the hosts without this Sidecar: the namespace's Sidecar, else the mesh's, else everything."""
    for namespace in (sidecar[1], names.ISTIO_SYSTEM):
        for each, manifest in side.items():
            selects = (manifest.get("spec") or {}).get("workloadSelector")
            if each[:2] == ("Sidecar", namespace) and each != sidecar and not selects:
                return _hosts(manifest) or {EVERYTHING}
    return {EVERYTHING}


def _hosts(sidecar: Manifest | None) -> set[str]:
    egress = ((sidecar or {}).get("spec") or {}).get("egress") or []
    return {str(host) for each in egress for host in each.get("hosts") or []}


def _beyond(now: set[str], was: set[str]) -> str:
    more = {host for host in now if not {host, f"{host.partition('/')[0]}/*", EVERYTHING} & was}
    return ", ".join(sorted(more))


RULES = (
    Rule(
        title="Egress opened",
        why="A compromised workload can send data to every host that it can reach.",
        find=way_out_is_opened,
    ),
)
