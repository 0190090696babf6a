"""Every leaf of Helm values, and the values without it."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

Path = tuple[str | int, ...]


def paths(values: Any, at: Path = ()) -> Iterator[Path]:
    """Paths to whatever holds nothing else, inside lists too; an empty map or list is a leaf."""
    if isinstance(values, Mapping) and values:
        for key, value in values.items():
            yield from paths(value, (*at, key))
    elif isinstance(values, list) and values:
        for index, value in enumerate(values):
            yield from paths(value, (*at, index))
    else:
        yield at


def without(values: Mapping[str, Any], path: Path) -> dict[str, Any]:
    changed = copy.deepcopy(dict(values))
    del _holder(changed, path)[path[-1]]
    return changed


def replaced(values: Mapping[str, Any], path: Path, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(dict(values))
    _holder(changed, path)[path[-1]] = value
    return changed


def at(values: Any, path: Path) -> Any:
    for key in path:
        values = values[key]
    return values


def text(path: Path) -> str:
    """As a person writes it."""
    return ".".join(str(key) for key in path)


def _holder(values: Any, path: Path) -> Any:
    return at(values, path[:-1])
