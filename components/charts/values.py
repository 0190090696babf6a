"""Helm values as Helm itself treats them."""

from collections.abc import Mapping
from typing import Any

Values = dict[str, Any]


def merge(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Values:
    """``theirs`` over ``ours`` as Helm merges value files: maps key by key, everything else replaced.

    None stays in the result: that is how Helm is told to drop the chart's own default too.
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
    """Values without the keys that are None, at any depth, for whom a null does not mean a default."""
    return {
        key: without_nones(value) if isinstance(value, Mapping) else value
        for key, value in values.items()
        if value is not None
    }
