"""Whether a change replaces a resource, according to the tables in ``ops.diff.tables``."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ops.diff.tables import difference, replacement, replacement_aws, replacement_eks
from ops.diff.tables.difference import Change
from ops.diff.tables.replacement import Rule
from ops.diff.tables.unknown import UNKNOWN
from ops.offline.monitor import UNKNOWN as UNKNOWN_WORD

KUBERNETES_PROVIDER = "pulumi:providers:kubernetes"
_NOTHING = Rule(replaces=(), source="no table: nothing is known to replace")
_CLUSTER = Rule(replaces=("clusterIdentifier",), source=replacement.SAME_CLUSTER.source)

Resource = Mapping[str, Any]


def rule(resource: Resource, resources: Mapping[str, Resource]) -> Rule | None:
    """Return what replaces a resource; ``None`` if no table has its type.

    Args:
        resource: The resource.
        resources: All resources of its document, including its provider.
    """
    known = _known(resource, resources)
    always = tuple(resource["options"]["replaceOnChanges"])
    return replace(known, replaces=(*known.replaces, *always)) if known and always else known


def _known(resource: Resource, resources: Mapping[str, Resource]) -> Rule | None:
    type_ = resource["type"]
    if type_ == KUBERNETES_PROVIDER:
        return _CLUSTER
    if type_.startswith("kubernetes:"):
        config = resources.get(resource["provider"] or "", {}).get("inputs", {})
        for setting, mutable in replacement.KUBERNETES_MUTABLE.items():
            if type_ in mutable and config.get(setting) in ("true", True):
                return mutable[type_]
        return replacement.KUBERNETES.get(type_, replacement.OBJECT)
    return replacement_aws.RULES.get(type_) or replacement_eks.RULES.get(type_) or replacement.TLS.get(type_)


def knows(found: Rule | None, change: Change) -> bool:
    """Return whether a rule covers a change of this property."""
    return found is not None and (found.only is None or str(change.path[0]) in found.only)


def between(found: Rule | None, before: Any, after: Any, ignored: list[str]) -> Iterator[tuple[Change, Any, Any]]:
    """Yield every property that differs or is unknown on either side, with both values."""
    olds, news = _opened(before), _opened(after)
    for change in difference.between(found or _NOTHING, olds, news, ignored).changes:
        yield change, _at(before, change.path), _at(after, change.path)


def unseen(before: Any, after: Any) -> bool:
    """Return whether both values are unknown, so that they cannot be compared."""
    return bool(before == UNKNOWN_WORD and after == UNKNOWN_WORD)


def _opened(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _opened(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_opened(each) for each in value]
    return UNKNOWN if value == UNKNOWN_WORD else value


def _at(value: Any, path: tuple[str | int, ...]) -> Any:
    for key in path:
        if isinstance(key, int):
            value = value[key] if isinstance(value, list) and key < len(value) else None
        else:
            value = value.get(key) if isinstance(value, Mapping) else None
    return value
