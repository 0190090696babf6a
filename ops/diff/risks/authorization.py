"""AuthorizationPolicies, each expanded into single combinations of caller and operation."""

import itertools
import json
from collections.abc import Iterator, Mapping
from typing import Any

from ops.diff.changes import Comparison, Manifest
from ops.diff.edits import label, objects, stays
from ops.diff.risks.rule import Found, Rule


def authorization_is_loosened(comparison: Comparison) -> Iterator[Found]:
    """Find callers that gain an operation."""
    before, after = objects(comparison)
    for each in sorted(before.keys() | after.keys()):
        if each[0] != "AuthorizationPolicy" or (each not in after and not stays(each, after)):
            continue
        old, new = before.get(each), after.get(each)
        if each not in before and ("Namespace", "", each[1]) not in before:
            # The policies of a new namespace open nothing that was closed.
            continue
        yield from ((label(each), what) for what in _looser(old, new))


def _looser(old: Manifest | None, new: Manifest | None) -> Iterator[str]:
    if old and new and _action(old) != _action(new):
        yield f"action: {_action(old)} \u2192 {_action(new)}."
    elif old and new and _target(old) != _target(new):
        yield "applies to other workloads."
    elif _action(new or old or {}) != "ALLOW":
        yield from _named("denies less", _grants(old) - _grants(new))
    elif new is not None:
        yield from _named("allows more", _grants(new) - _grants(old))
    elif not _grants(old):
        yield "is removed: requests that no other policy denies are allowed."


def _named(what: str, grants: set[str]) -> Iterator[str]:
    if grants:
        yield f"{what}: {'; '.join(sorted(grants)[:3])}{' and more' if len(grants) > 3 else ''}."


def _action(policy: Manifest) -> str:
    return str((policy.get("spec") or {}).get("action") or "ALLOW")


def _target(policy: Manifest | None) -> Any:
    spec = (policy or {}).get("spec") or {}
    return spec.get("selector"), spec.get("targetRefs")


def _grants(policy: Manifest | None) -> set[str]:
    """Return every combination of caller and operation that the rules name, as text."""
    rules = ((policy or {}).get("spec") or {}).get("rules") or []
    return {grant for rule in rules for grant in _combinations(rule or {})}


def _combinations(rule: Mapping[str, Any]) -> Iterator[str]:
    sources = [one for each in rule.get("from") or [{}] for one in _single(each.get("source") or {})]
    operations = [one for each in rule.get("to") or [{}] for one in _single(each.get("operation") or {})]
    when = f" when {json.dumps(rule['when'], sort_keys=True)}" if rule.get("when") else ""
    for source, operation in itertools.product(sources, operations):
        yield f"{source or 'any caller'} to {operation or 'any operation'}{when}"


def _single(given: Mapping[str, list[Any]]) -> Iterator[str]:
    """Yield one text per combination of the values of all keys."""
    pairs = [[f"{key} {value}" for value in values] for key, values in sorted(given.items()) if values]
    return (", ".join(each) for each in itertools.product(*pairs))


RULES = (
    Rule(
        title="Authorization loosened",
        why="Check that each new caller is intended.",
        find=authorization_is_loosened,
    ),
)
