"""What Kubernetes would say of a pod: scheduling, selectors, environment."""

from collections.abc import Mapping, Sequence
from typing import Any


def tolerates(spec: Mapping[str, Any], taint: Mapping[str, str]) -> bool:
    """``taint`` in Kubernetes' words."""
    return any(_matches(each, taint) for each in spec.get("tolerations", []))


def _matches(toleration: Mapping[str, str], taint: Mapping[str, str]) -> bool:
    exists = toleration.get("operator", "Equal") == "Exists"
    key = toleration.get("key", taint["key"] if exists else None)
    value = taint.get("value") if exists else toleration.get("value", "")
    effect = toleration.get("effect", taint["effect"])
    return (key, value, effect) == (taint["key"], taint.get("value"), taint["effect"])


def selected(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """A label selector, as Kubernetes evaluates it."""
    equal = all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items())
    return equal and all(_expression(each, labels) for each in selector.get("matchExpressions", []))


def _expression(expression: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    value, values = labels.get(expression["key"]), expression.get("values", [])
    return {
        "In": value in values,
        "NotIn": value not in values,
        "Exists": value is not None,
        "DoesNotExist": value is None,
    }[expression["operator"]]


def environment(container: Mapping[str, Any]) -> dict[str, str]:
    """Its plain variables; one that is named twice is an error."""
    plain: Sequence[Mapping[str, str]] = [each for each in container.get("env") or [] if "value" in each]
    found = {each["name"]: each["value"] for each in plain}
    assert len(found) == len(plain), "a variable is given twice"
    return found
