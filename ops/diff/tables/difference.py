"""Differences between two sets of inputs, and whether they replace the resource."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ops.diff.tables.replacement import Rule
from ops.diff.tables.unknown import UNKNOWN, Path

# Key under which bridged providers list the properties that they filled in themselves.
DEFAULTS = "__defaults"
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SEGMENT = re.compile(r'\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]|([^.\[\]]+)')


class Kind(Enum):
    """Kinds of the engine's PropertyDiff."""

    ADD = "ADD"
    DELETE = "DELETE"
    UPDATE = "UPDATE"


@dataclass(frozen=True, kw_only=True)
class Change:
    """One property that differs."""

    path: Path
    kind: Kind
    replaces: bool
    unsure: bool
    """One side is unknown, so anything below may differ as well."""

    @property
    def text(self) -> str:
        """Path as the engine writes it."""
        return "".join(_segments(self.path)).removeprefix(".")


@dataclass(frozen=True, kw_only=True)
class Difference:
    """All differences between two sets of inputs."""

    changes: tuple[Change, ...]
    deletes_first: bool
    """A replacement deletes the old resource before it creates the new one."""

    @property
    def replaces(self) -> bool:
        """Whether any change replaces the resource."""
        return any(change.replaces for change in self.changes)


def between(rule: Rule, olds: Mapping[str, Any], news: Mapping[str, Any], ignored: Iterable[str] = ()) -> Difference:
    """Compare inputs before and after, without the paths in ``ignored``."""
    hidden = [parsed(path) for path in ignored]
    changes = tuple(
        Change(path=path, kind=kind, replaces=_replaced(rule, path, unsure), unsure=unsure)
        for path, kind, unsure in _walk(_public(olds), _public(news), ())
        if not any(_covers(path, pattern, unsure=False) for pattern in hidden)
    )
    return Difference(changes=changes, deletes_first=rule.deletes_first or _named(rule, olds, news))


def parsed(path: str) -> tuple[str, ...]:
    """Segments of a path such as ``a.b[0]["c.d"].*``."""
    return tuple(next(part for part in match.groups() if part is not None) for match in _SEGMENT.finditer(path))


def value(inputs: Any, path: Sequence[str]) -> Any:
    """Return the value at a path of map keys; ``None`` if there is none."""
    for key in path:
        inputs = inputs.get(key) if isinstance(inputs, Mapping) else None
    return inputs


def _public(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {key: each for key, each in inputs.items() if not key.startswith("__")}


def _walk(old: Any, new: Any, path: Path) -> Iterator[tuple[Path, Kind, bool]]:
    match old, new:
        case (Mapping(), Mapping()):
            for key in sorted(old.keys() | new.keys()):
                yield from _walk(old.get(key), new.get(key), (*path, key))
        case (list(), list()):
            for index in range(max(len(old), len(new))):
                yield from _walk(_at(old, index), _at(new, index), (*path, index))
        case (Mapping() | list(), None) if old:
            yield from _walk(old, type(old)(), path)
        case (None, Mapping() | list()) if new:
            yield from _walk(type(new)(), new, path)
        case _:
            if old is UNKNOWN or new is UNKNOWN or not _same(old, new):
                yield path, _kind(old, new), old is UNKNOWN or new is UNKNOWN


def _at(values: list[Any], index: int) -> Any:
    return values[index] if index < len(values) else None


def _same(old: Any, new: Any) -> bool:
    """Return whether two values are equal: null, [] and {} are the same, a boolean is not a number."""
    if old in (None, [], {}) and new in (None, [], {}):
        return True
    return bool(old == new) and isinstance(old, bool) == isinstance(new, bool)


def _kind(old: Any, new: Any) -> Kind:
    if old is None:
        return Kind.ADD
    return Kind.DELETE if new is None else Kind.UPDATE


def _replaced(rule: Rule, path: Path, unsure: bool) -> bool:
    if any(_covers(path, parsed(each), unsure=False) for each in rule.updates):
        return False
    return any(_covers(path, parsed(each), unsure) for each in rule.replaces)


def _covers(path: Path, pattern: tuple[str, ...], unsure: bool) -> bool:
    """Return whether ``path`` is at or below ``pattern``; if unsure, also if it is above."""
    if len(path) < len(pattern) and not unsure:
        return False
    return all(wanted in ("*", str(found)) for wanted, found in zip(pattern, path, strict=False))


def _named(rule: Rule, olds: Mapping[str, Any], news: Mapping[str, Any]) -> bool:
    if not rule.identity or rule.identity[0] in news.get(DEFAULTS, ()):
        return False
    names = [(value(olds, parsed(path)), value(news, parsed(path))) for path in rule.identity]
    return names[0][1] is not None and all(old == new for old, new in names)


def _segments(path: Path) -> Iterator[str]:
    for segment in path:
        if isinstance(segment, int):
            yield f"[{segment}]"
        elif _PLAIN.fullmatch(segment):
            yield f".{segment}"
        else:
            yield '["' + segment.replace("\\", "\\\\").replace('"', '\\"') + '"]'
