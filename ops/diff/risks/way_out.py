"""What workloads reach: hosts that nobody has registered, and what their Sidecars let them know of."""

from collections.abc import Iterator, Mapping

from components.settings import names
from ops.diff.changes import Comparison, Identity, Manifest
from ops.diff.edits import edits, holds_for_all_of, objects, stays, told
from ops.diff.risks.rule import Found, Rule

EVERYTHING = "*/*"


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
    yield from _scopes(*objects(comparison))


def _scopes(before: Mapping[Identity, Manifest], after: Mapping[Identity, Manifest]) -> Iterator[Found]:
    for each in sorted(before.keys() | after.keys()):
        old, new = before.get(each), after.get(each)
        # With a namespace nothing is opened that anybody was kept from.
        if each[0] != "Sidecar" or not (old or stays(each, before)) or not (new or stays(each, after)):
            continue
        was = _hosts(old) or _elsewhere(each, before)
        now = _hosts(new) or _elsewhere(each, after)
        if new is None and (more := _beyond(now, was)):
            yield told(each), f"goes: {more} is in reach."
        elif more := _beyond(now, was):
            yield told(each), f"egress hosts: {more} added."
        elif old and new and not holds_for_all_of(new, old) and (more := _beyond(_elsewhere(each, after), was)):
            yield told(each), f"no longer holds for all that it held for: {more} is in reach."


def _elsewhere(sidecar: Identity, side: Mapping[Identity, Manifest]) -> set[str]:
    """What holds without this Sidecar: its namespace's, else the mesh's, else nothing is closed."""
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
        title="The way out is opened",
        why="What a taken-over workload can reach, it can send data to.",
        find=way_out_is_opened,
    ),
)
