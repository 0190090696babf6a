"""Merge of Helm values, with Helm's semantics."""

from collections.abc import Mapping
from typing import Any

Values = dict[str, Any]


def merge(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Values:
    """Merge ``theirs`` over ``ours`` as Helm merges value files: maps key by key, everything else is replaced.

    None stays in the result, because it makes Helm drop the chart's own default.
    """
    merged = dict(ours)
    for key, value in theirs.items():
        mine = merged.get(key)
        if isinstance(mine, Mapping) and isinstance(value, Mapping):
            merged[key] = merge(mine, value)
        else:
            merged[key] = value
    return merged


def without_nones(values: Mapping[str, Any]) -> Values:
    """Return the values without keys that are None, at any depth, for consumers to which null is not a default."""
    return {
        key: without_nones(value) if isinstance(value, Mapping) else value
        for key, value in values.items()
        if value is not None
    }
