"""Resources that are removed and added again under another URN, without an alias."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ops.diff import manifests
from ops.diff.changes import Kind, ResourceChange
from ops.diff.releases import RELEASE
from ops.diff.tables import difference, replacement, replacement_aws


def moved(changes: Iterable[ResourceChange]) -> list[tuple[str, str, int]]:
    """Return old name, new name and number of renamed resources, per component or single resource."""
    found = list(changes)
    removed = [each for each in found if each.kind is Kind.REMOVED]
    added = [each for each in found if each.kind is Kind.ADDED]
    counted = Counter(_places(old, new) for old, new in _pairs(removed, added))
    return [(old, new, count) for (old, new), count in sorted(counted.items())]


def _places(old: ResourceChange, new: ResourceChange) -> tuple[str, str]:
    """Return the outermost component with another name, else the resource, before and after."""
    for before, after in zip(old.component.split(" / "), new.component.split(" / "), strict=False):
        if before != after:
            return before or old.label, after or new.label
    return old.label, new.label


def _pairs(
    removed: list[ResourceChange], added: list[ResourceChange]
) -> Iterator[tuple[ResourceChange, ResourceChange]]:
    left = list(added)
    for same in (_same_thing, _same_name, _same_inputs):
        for old in list(removed):
            new = next((each for each in left if each.type == old.type and same(old, each)), None)
            if new:
                removed.remove(old)
                left.remove(new)
                yield old, new


def _same_thing(old: ResourceChange, new: ResourceChange) -> bool:
    """Return whether both have the same name at the provider."""
    before, after = _identity(old), _identity(new)
    return bool(before) and before == after


def _same_name(old: ResourceChange, new: ResourceChange) -> bool:
    """Return whether only the parents differ."""
    return old.name == new.name


def _same_inputs(old: ResourceChange, new: ResourceChange) -> bool:
    """Return whether only names and tags differ, and other inputs exist."""
    before, after = _without_names(old), _without_names(new)
    return bool(before) and before == after


def _identity(change: ResourceChange) -> Any:
    inputs = change.either["inputs"]
    if change.type == RELEASE:
        return inputs.get("namespace"), inputs.get("name")
    if change.type.startswith("kubernetes:") and "metadata" in inputs:
        return manifests.identity(inputs)
    rule = replacement_aws.RULES.get(change.type) or replacement.TLS.get(change.type)
    return (
        [difference.value(inputs, difference.parsed(each)) for each in rule.identity if each in inputs]
        if rule
        else None
    )


def _without_names(change: ResourceChange) -> Mapping[str, Any]:
    inputs = change.either["inputs"]
    return {key: each for key, each in inputs.items() if key not in ("tags", "name", "tagSpecifications")}
