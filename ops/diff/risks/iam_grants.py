"""IAM policies, expanded into single actions on single resources for single callers, and how they compare."""

import fnmatch
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ops.diff.edits import opened
from ops.diff.risks.cloud import listed

ANYTHING = "*"
_OTHER = "everything except "


@dataclass(frozen=True, kw_only=True)
class Clause:
    """One line of a condition: the key has one of ``values``, or none of them when the operator is negated."""

    operator: str
    key: str
    values: frozenset[str]

    def implies(self, other: "Clause") -> bool:
        """Return whether ``other`` allows everything that this clause allows."""
        if self.key.lower() != other.key.lower():
            return False
        if self.operator == other.operator and "Not" in self.operator:
            return self.values >= other.values
        if self.operator == other.operator:
            return self.values <= other.values
        exact = (self.operator, other.operator) in _EXACT
        return exact and all(any(_within(one, each) for each in other.values) for one in self.values)

    def __str__(self) -> str:
        return f"{self.operator} {self.key} {', '.join(sorted(self.values))}"


_EXACT = (("StringEquals", "StringLike"), ("ArnEquals", "ArnLike"))


@dataclass(frozen=True, kw_only=True)
class Grant:
    """One permission of a statement: action, resource and caller as patterns, if all ``clauses`` apply."""

    action: str
    on: str
    caller: str
    clauses: frozenset[Clause]

    def holds(self, other: "Grant") -> bool:
        """Return whether this grant includes ``other``."""
        parts = ((other.action.lower(), self.action.lower()), (other.on, self.on), (other.caller, self.caller))
        return all(_within(one, each) for one, each in parts) and all(
            any(one.implies(each) for one in other.clauses) for each in self.clauses
        )

    def __str__(self) -> str:
        caller = "any principal" if self.caller == ANYTHING else self.caller
        return "".join(
            (
                self.action,
                f" on {self.on}" if self.on not in ("", ANYTHING) else "",
                f" for {caller}" if caller else "",
                f" when {' and '.join(sorted(map(str, self.clauses)))}" if self.clauses else "",
            )
        )


def grants(policy: Any, effect: str) -> tuple[Grant, ...]:
    """Return the grants of all statements with one effect; inline policies are a list of policies."""
    document = opened(policy)
    if isinstance(document, list):
        return tuple(each for one in document for each in grants((one or {}).get("policy"), effect))
    statements = listed(document.get("Statement")) if isinstance(document, Mapping) else []
    return tuple(each for one in statements if one.get("Effect") == effect for each in _granted(one))


def beyond(grants: tuple[Grant, ...], known: tuple[Grant, ...]) -> list[str]:
    """Return the grants that no known grant includes, as text."""
    return sorted({str(each) for each in grants if not any(one.holds(each) for one in known)})


def _granted(statement: Mapping[str, Any]) -> Iterator[Grant]:
    actions, where = _either(statement, "Action"), _either(statement, "Resource")
    clauses = frozenset(_clauses(statement.get("Condition") or {}))
    callers = _callers(statement.get("Principal"))
    callers += [f"{_OTHER}{each}" for each in _callers(statement.get("NotPrincipal"))]
    for action, on, caller in itertools.product(actions, where or [""], callers or [""]):
        yield Grant(action=action, on=on, caller=caller, clauses=clauses)


def _either(statement: Mapping[str, Any], key: str) -> list[str]:
    said = [str(each) for each in listed(statement.get(key))]
    others = ", ".join(map(str, listed(statement.get(f"Not{key}"))))
    return said + ([f"{_OTHER}{others}"] if others else [])


def _callers(given: Any) -> list[str]:
    if not isinstance(given, Mapping):
        return [str(given)] if given else []
    return [str(each) for values in given.values() for each in listed(values)]


def _clauses(condition: Mapping[str, Any]) -> Iterator[Clause]:
    for operator, keys in condition.items():
        for key, values in keys.items() if isinstance(keys, Mapping) else ():
            yield Clause(operator=operator, key=key, values=frozenset(map(str, listed(values))))


def _within(text: str, pattern: str) -> bool:
    """Match IAM wildcards, ``*`` and ``?``; an exception (``NotAction``) matches only its own text."""
    if text.startswith(_OTHER) or pattern.startswith(_OTHER):
        return text == pattern or pattern == ANYTHING
    return fnmatch.fnmatchcase(text, re.sub(r"\[", "[[]", pattern))
