"""IAM: policies of any resource that has one, and trust policies of roles."""

from collections.abc import Iterator, Mapping
from typing import Any

from ops.diff.changes import Comparison, Kind, ResourceChange
from ops.diff.risks.cloud import inputs
from ops.diff.risks.iam_grants import beyond, grants
from ops.diff.risks.rule import Found, Rule
from ops.offline.monitor import UNKNOWN

ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
POLICIES = ("policy", "assumeRolePolicy", "inlinePolicies")
SHOWN = 8


def iam_actions_are_added(comparison: Comparison) -> Iterator[Found]:
    """Find policies that allow more or deny less, and roles that trust a new principal."""
    gone = {each.urn for each in comparison.resources if each.kind is Kind.REMOVED}
    for change in comparison.resources:
        old, new = inputs(change)
        if change.type == ATTACHMENT and new and old.get("policyArn") != new.get("policyArn"):
            yield change.label, f"attaches {new.get('policyArn')}."
        if change.type.startswith("aws:") and not _goes_with_its_subject(change, gone):
            yield from ((change.label, what) for what in _looser(old, new))


def _looser(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for key in POLICIES:
        was, now = old.get(key), new.get(key)
        if now == UNKNOWN:
            if was not in (None, UNKNOWN):
                yield f"{key} is known only after an `up`. Read it there."
            continue
        if more := beyond(grants(now, "Allow"), grants(was, "Allow")):
            yield f"{key} allows {_first(more)}."
        if less := beyond(grants(was, "Deny"), grants(now, "Deny")):
            yield f"{key} no longer denies {_first(less)}."


def _goes_with_its_subject(change: ResourceChange, gone: set[str]) -> bool:
    """Return whether a removed policy can grant nothing, because its role or bucket is removed too."""
    if change.after is not None or change.before is None:
        return False
    return not change.type.endswith("olicy") or bool(gone & set(change.before["dependencies"]))


def _first(found: list[str]) -> str:
    rest = len(found) - SHOWN
    return f"{'; '.join(found[:SHOWN])}{f' and {rest} more' if rest > 0 else ''}"


RULES = (
    Rule(
        title="IAM allows more",
        why="An attacker who takes over a workload with this role, or a principal named here, can do this too.",
        find=iam_actions_are_added,
    ),
)
