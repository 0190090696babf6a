"""Whether a policy document lets a request in, for the parts of IAM's language that examples/bootstrap uses.

Anything else in a document is a KeyError: it is not judged without being understood.
"""

from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

Context = Mapping[str, str]
Test = Callable[[str | None, list[str]], bool]

# By operator, for the request's value of a key: negated ones hold where the key is absent, the others do not.
OPERATORS: dict[str, Test] = {
    "StringEquals": lambda value, wanted: value in wanted,
    "ArnEquals": lambda value, wanted: value is not None and any(fnmatchcase(value, each) for each in wanted),
    "ArnNotEquals": lambda value, wanted: value is None or not any(fnmatchcase(value, each) for each in wanted),
    "Bool": lambda value, wanted: value in wanted,
}
KEYS = {"Effect", "Principal", "Action", "Resource", "Condition"}


def listed(value: str | Sequence[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def statements(policy: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = policy["Statement"]
    assert all(set(each) <= KEYS for each in found)
    return found


def holds(statement: Mapping[str, Any], context: Context) -> bool:
    """Whether every key of every operator holds; one of a key's values is enough."""
    return all(
        OPERATORS[operator](context.get(key), listed(wanted))
        for operator, keys in statement.get("Condition", {}).items()
        for key, wanted in keys.items()
    )


def allows(
    policy: Mapping[str, Any],
    action: str,
    resource: str = "*",
    context: Context | None = None,
    principal: str | None = None,
) -> bool:
    """An explicit denial wins; nothing is allowed that is not said. principal: in a policy of a resource."""
    about = [
        each
        for each in statements(policy)
        if any(fnmatchcase(action, pattern) for pattern in listed(each["Action"]))
        and any(fnmatchcase(resource, pattern) for pattern in listed(each.get("Resource", "*")))
        and (principal is None or _is(principal, each["Principal"]))
        and holds(each, context or {})
    ]
    effects = {each["Effect"] for each in about}
    return effects == {"Allow"}


def _is(principal: str, wanted: Any) -> bool:
    """The account's root stands for everybody in it whom its own policies allow."""
    if wanted == "*":
        return True
    (arns,) = wanted.values()
    account = principal.split(":")[4]
    return principal in listed(arns) or f"arn:aws:iam::{account}:root" in listed(arns)
