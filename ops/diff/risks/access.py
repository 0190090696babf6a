"""Access to the cluster, and the contract with consumers of the stack."""

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from ops.diff.changes import Comparison, Identity, Manifest
from ops.diff.edits import label, objects
from ops.diff.risks.rule import Found, Rule

ENTRY = "aws:eks/accessEntry:AccessEntry"
ASSOCIATION = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
ROLES, BINDINGS = ("Role", "ClusterRole"), ("RoleBinding", "ClusterRoleBinding")


def cluster_access_is_added(comparison: Comparison) -> Iterator[Found]:
    """Find principals that gain access to the cluster, and roles and bindings that grant more."""
    for change in comparison.resources:
        old, new = ((side or {}).get("inputs") or {} for side in (change.before, change.after))
        if change.type == ENTRY and new and (added := _groups(new) - _groups(old) or not old):
            groups = f" (groups: {', '.join(sorted(added))})" if isinstance(added, set) else ""
            yield change.label, f"{new.get('principalArn')} gets access to the cluster{groups}."
        elif change.type == ASSOCIATION and new and old != new:
            yield change.label, f"{new.get('principalArn')} is granted {str(new.get('policyArn')).rpartition('/')[2]}."
    before, after = objects(comparison)
    for each in sorted(after):
        if each[0] in ROLES and (more := _verbs(after[each]) - _verbs(before.get(each))):
            yield label(each), f"allows {_first(more)}."
        elif each[0] in BINDINGS and (more := _subjects(each, after) - _subjects(each, before)):
            yield label(each), f"binds {_first(more)}."


def contract_is_broken(comparison: Comparison) -> Iterator[Found]:
    """Find outputs that are removed or change their type under the same contractVersion."""
    before, after = comparison.base["outputs"], comparison.head["outputs"]
    if before.get("contractVersion") != after.get("contractVersion"):
        return
    for key in sorted(before):
        if key not in after:
            yield key, "is no longer an output."
        elif _shape(before[key]) != _shape(after[key]) and "[unknown]" not in (before[key], after[key]):
            yield key, f"changes from {_shape(before[key])} to {_shape(after[key])}."
    for kind in ("gateways", "namespaces"):
        for name in sorted(set(before.get(kind) or ()) - set(after.get(kind) or ())):
            yield f"{kind}.{name}", "is removed: stacks that deploy to it or route through it break."


def _groups(entry: Mapping[str, Any]) -> set[str]:
    return {str(each) for each in entry.get("kubernetesGroups") or ()}


def _verbs(role: Manifest | None) -> set[str]:
    rules = (role or {}).get("rules") or []
    return {each for rule in rules for each in _rule(rule)}


def _rule(rule: Mapping[str, Any]) -> Iterator[str]:
    targets = rule.get("resources") or rule.get("nonResourceURLs") or []
    groups = rule.get("apiGroups") or [""]
    named = f" named {', '.join(rule['resourceNames'])}" if rule.get("resourceNames") else ""
    for verb, group, target in itertools.product(rule.get("verbs") or [], groups, targets):
        yield f"{verb} {target}{f'.{group}' if group else ''}{named}"


def _subjects(identity: Identity, side: Mapping[Identity, Manifest]) -> set[str]:
    binding = side.get(identity) or {}
    role = (binding.get("roleRef") or {}).get("name")
    return {f"{each.get('kind')} {each.get('name')} to {role}" for each in binding.get("subjects") or ()}


def _first(found: set[str], shown: int = 6) -> str:
    rest = len(found) - shown
    return f"{'; '.join(sorted(found)[:shown])}{f' and {rest} more' if rest > 0 else ''}"


def _shape(value: Any) -> str:
    if isinstance(value, Mapping):
        return "a map"
    if isinstance(value, list):
        return "a list"
    return {"str": "a string", "int": "a number", "float": "a number", "bool": "a boolean"}.get(
        type(value).__name__, "null"
    )


RULES = (
    Rule(
        title="Cluster access added",
        why="Check that each principal and each verb is intended.",
        find=cluster_access_is_added,
    ),
    Rule(
        title="Contract broken",
        why="Stacks that read it fail at their next preview. Raise contractVersion, and keep the old key for a while.",
        find=contract_is_broken,
    ),
)
