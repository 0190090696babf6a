"""What IAM allows: policies, taken apart into single actions on single resources, and whom roles trust."""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ops.diff.changes import Comparison
from ops.diff.edits import opened
from ops.diff.risks.cloud import inputs, listed
from ops.diff.risks.rule import Found, Rule
from ops.monitor import UNKNOWN

ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"


def iam_actions_are_added(comparison: Comparison) -> Iterator[Found]:
    """A policy allows what it did not allow, or a role trusts somebody new."""
    for change in comparison.resources:
        if not change.type.startswith("aws:iam/") or change.after is None:
            continue
        old, new = inputs(change)
        if change.type == ATTACHMENT and old.get("policyArn") != new.get("policyArn"):
            yield change.label, f"attaches {new.get('policyArn')}."
        for key in ("policy", "assumeRolePolicy", "inlinePolicies"):
            if new.get(key) == UNKNOWN and old.get(key) not in (None, UNKNOWN):
                yield change.label, f"{key} is known only after an `up`: read it there."
            elif more := sorted(_allowed(new.get(key)) - _allowed(old.get(key))):
                yield change.label, f"{key} allows {'; '.join(more[:8])}{_and_more(more, 8)}."


def _allowed(policy: Any) -> set[str]:
    """Every allowed action with its resource, and every principal that is trusted."""
    document = opened(policy)
    if isinstance(document, list):
        return {each for one in document for each in _allowed((one or {}).get("policy"))}
    statements = listed(document.get("Statement")) if isinstance(document, Mapping) else []
    return {each for one in statements if one.get("Effect") == "Allow" for each in _grants(one)}


def _grants(statement: Mapping[str, Any]) -> Iterator[str]:
    said = listed(statement.get("Action")) or [
        f"everything but {', '.join(map(str, listed(statement.get('NotAction'))))}"
    ]
    where = listed(statement.get("Resource")) or sorted(_principals(statement.get("Principal")))
    when = " under a condition" if statement.get("Condition") else ""
    for action, on in itertools.product(said, where or [""]):
        yield f"{action}{f' on {on}' if on and on != '*' else ''}{when}"


def _principals(given: Any) -> Iterable[str]:
    if not isinstance(given, Mapping):
        return [str(given)] if given else []
    return [str(each) for values in given.values() for each in listed(values)]


def _and_more(found: list[str], shown: int) -> str:
    return f" and {len(found) - shown} more" if len(found) > shown else ""


RULES = (
    Rule(
        title="IAM allows more",
        why="Whoever takes over what has the role can do this, too.",
        find=iam_actions_are_added,
    ),
)
