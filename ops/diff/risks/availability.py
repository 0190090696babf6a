"""Availability while pods and nodes are replaced."""

from collections.abc import Iterator, Mapping
from typing import Any

from ops.diff.changes import Comparison, Identity, Kind, Manifest
from ops.diff.edits import Edit, edits, label, number, objects
from ops.diff.risks.rule import Found, Rule

# Settings, in seconds, that let a pod finish open requests; the last keys of their paths.
DRAINS = (
    ("terminationGracePeriodSeconds",),
    ("preStop", "sleep", "seconds"),
    ("deregistrationDelay",),
    ("terminationDrainDuration",),
    ("minReadySeconds",),
)
# A lower floor and a higher ceiling both reduce availability.
FLOORS = (("minAvailable",), ("minReplicas",), ("replicas",), ("replicaCount",), ("autoscaleMin",), ("minSize",))
CEILINGS = (("podDisruptionBudget", "maxUnavailable"), ("rollingUpdate", "maxUnavailable"), ("spec", "maxUnavailable"))


def drain_is_loosened(comparison: Comparison) -> Iterator[Found]:
    """Find shorter drains, which cut connections that used to close by themselves."""
    for edit in edits(comparison):
        if _ends(edit, DRAINS) and _falls(edit):
            yield edit.subject, _describe(edit)
        elif edit.keys[-1:] == ("connectionTermination",) and edit.after is True:
            yield edit.subject, "connectionTermination: true: open connections are reset at deregistration."
        elif edit.keys[-2:] == ("lifecycle", "preStop") and edit.after is None:
            yield edit.subject, "no longer has a preStop hook."


def budget_is_loosened(comparison: Comparison) -> Iterator[Found]:
    """Find changes that leave fewer pods during a drain or an upgrade, or at rest."""
    for edit in edits(comparison):
        scaled = edit.keys[-1:] == ("replicas",) and edit.after is None
        if (_ends(edit, FLOORS) and _falls(edit) and not scaled) or (_ends(edit, CEILINGS) and _rises(edit)):
            yield edit.subject, _describe(edit)
    before, after = objects(comparison)
    for each in sorted(before.keys() - after.keys()):
        if each[0] == "PodDisruptionBudget" and _covers_something(before[each], after):
            yield label(each), "is removed: a drain may evict all of its pods at once."


def way_in_goes(comparison: Comparison) -> Iterator[Found]:
    """Find gateways and routes that are removed while clients may still call them."""
    listeners = [each for each in comparison.resources if each.type == "aws:lb/listener:Listener"]
    for change in listeners:
        if change.kind in (Kind.REMOVED, Kind.REPLACED):
            port = ((change.before or {}).get("inputs") or {}).get("port")
            yield change.label, f"port {port} is {change.kind.value}: connections are refused, temporarily or for good."
    before, after = objects(comparison)
    for each in sorted(before.keys() - after.keys()):
        if each[0] in ("Gateway", "VirtualService", "HTTPRoute"):
            yield label(each), "is removed: requests that it routed get 404."


def _ends(edit: Edit, wanted: tuple[tuple[str, ...], ...]) -> bool:
    return any(edit.keys[-len(each) :] == each for each in wanted)


def _falls(edit: Edit) -> bool:
    before, after = number(edit.before), number(edit.after)
    return before is not None and (after is None or after < before)


def _rises(edit: Edit) -> bool:
    before, after = number(edit.before), number(edit.after)
    return after is not None and (before is None or after > before)


def _describe(edit: Edit) -> str:
    after = "not set" if edit.after is None else edit.after
    before = "not set" if edit.before is None else edit.before
    return f"{'.'.join(edit.keys[-3:])}: {before} \u2192 {after}."


def _covers_something(budget: Manifest, after: Mapping[Identity, Manifest]) -> bool:
    """Return whether pods that the budget selects still exist."""
    wanted = ((budget.get("spec") or {}).get("selector") or {}).get("matchLabels") or {}
    return any(
        wanted.items() <= _pod_labels(each).items()
        for identity, each in after.items()
        if identity[0] in ("Deployment", "StatefulSet") and identity[1] == budget["metadata"].get("namespace", "")
    )


def _pod_labels(workload: Manifest) -> Mapping[str, Any]:
    template = (workload.get("spec") or {}).get("template") or {}
    return (template.get("metadata") or {}).get("labels") or {}


RULES = (
    Rule(
        title="Drain shortened",
        why="The NLB sends new connections for about two minutes after deregistration. Connections to a pod that exits "
        "earlier are reset.",
        find=drain_is_loosened,
    ),
    Rule(
        title="Fewer pods guaranteed",
        why="Fewer pods carry the load while nodes are drained or a version rolls out.",
        find=budget_is_loosened,
    ),
    Rule(
        title="Gateway or route removed",
        why="Move clients first, then remove it.",
        find=way_in_goes,
    ),
)
