"""The escape hatches of the settings, searched for values that break the mesh or silently do nothing.

The values themselves are listed in ``dead_values``; charts without a schema take a wrong key without a word. A map that
is replaced whole takes with it what stands below: our values, and the chart's that a row guards.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from ..settings import Settings
from ..settings import validation as shape
from ..settings.problems import Problem
from . import ours as our_values

Path = tuple[str | int, ...]
# Stands for any number of keys at the front of a pattern.
ANYWHERE = "**"
# Keys that Istio's charts still merge into their root (zzy_descope_legacy.yaml).
LEGACY_SCOPE = {"istiod": ("pilot",), "cni": ("cni",)}


@dataclass(frozen=True, kw_only=True)
class Dead:
    """One value that is refused.

    surface: whose values: base, cni, istiod, gateway, controller, or the name of an add-on; empty for all of them.
    path: keys from the root of the values, each with shell wildcards; ``**`` in front matches at any depth, and no
        key at all the root itself.
    when: whether a value found there is meant; by default any but null, which removes a chart's default.
    """

    name: str
    surface: tuple[str, ...] = ()
    path: tuple[str, ...]
    when: Callable[[Any], bool] = lambda value: value is not None
    reason: str
    remedy: str


@dataclass(frozen=True, kw_only=True)
class Surface:
    """The values of one chart or add-on, and where they stand in the settings."""

    name: str
    location: Path
    values: Mapping[str, Any]


def surfaces(settings: Settings) -> Iterator[Surface]:
    """Every escape hatch of the settings."""
    charts = settings.mesh.values
    for name, values in (("base", charts.base), ("cni", charts.cni), ("istiod", charts.istiod)):
        yield Surface(name=name, location=("mesh", "values", name), values=values)
    for gateway, gateway_settings in settings.gateways.items():
        yield Surface(name="gateway", location=("gateways", gateway, "values"), values=gateway_settings.values)
    for addon, addon_settings in settings.cluster.addons.items():
        location = ("cluster", "addons", addon, "configuration")
        yield Surface(name=addon, location=location, values=addon_settings.configuration)
    controller = settings.cluster.load_balancer_controller
    yield Surface(name="controller", location=("cluster", "loadBalancerController", "values"), values=controller.values)


def find(settings: Settings, dead: tuple[Dead, ...]) -> Iterator[Problem]:
    """Every refused value, where it stands; a null is shown as nothing."""
    for surface in surfaces(settings):
        for path, value in nodes((), surface.values):
            for row in dead:
                if _applies(row, surface.name, path) and row.when(value):
                    key = shape.path((*surface.location, *path))
                    plain = value if isinstance(value, str | int | float) else None
                    yield Problem(key=key, value=plain, reason=row.reason, remedy=row.remedy)


def replaced(settings: Settings, dead: tuple[Dead, ...]) -> Iterator[Problem]:
    """Everything that stands in the place of a map that we fill, or below which a row guards a value."""
    ours = our_values.by_location(settings)
    for surface in surfaces(settings):
        rows = [row for row in dead if not row.surface or surface.name in row.surface]
        for path, value in nodes((), surface.values):
            if isinstance(value, Mapping) or any(_applies(row, surface.name, path) and row.when(value) for row in rows):
                continue
            if _is_map(surface.name, path, rows, ours[surface.location]):
                yield _replaced(shape.path((*surface.location, *path)), value)


def _replaced(key: str, value: Any) -> Problem:
    wrong = "is null" if value is None else "is not a map"
    return Problem(
        key=key,
        value=value if isinstance(value, str | int | float) else None,
        reason=f"{wrong}: it would replace the whole map here, with values in it that the mesh needs.",
        remedy="Write a map with the keys to change; null removes one key of it.",
    )


def _is_map(surface: str, path: Path, rows: list[Dead], ours: Mapping[str, Any]) -> bool:
    scope = LEGACY_SCOPE.get(surface)
    if scope is not None and path[:1] == scope:
        return _is_map_at(path[1:], rows, ours) or _is_map_at(path, rows, ours)
    return _is_map_at(path, rows, ours)


def _is_map_at(path: Path, rows: list[Dead], ours: Mapping[str, Any]) -> bool:
    # An empty map of ours has nothing to lose.
    if isinstance(_found(ours, path), Mapping) and _found(ours, path):
        return True
    guarded = (row.path[: len(path)] for row in rows if len(path) < len(row.path) and row.path[0] != ANYWHERE)
    return any(_matches(pattern, path) for pattern in guarded)


def _found(values: Any, path: Path) -> Any:
    for key in path:
        values = values.get(key) if isinstance(values, Mapping) else None
    return values


def nodes(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    """A value and everything inside it, each with its path."""
    yield path, value
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from nodes((*path, key), item)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from nodes((*path, index), item)


def _applies(row: Dead, surface: str, path: Path) -> bool:
    if row.surface and surface not in row.surface:
        return False
    return _matches(row.path, path) or (path[:1] == LEGACY_SCOPE.get(surface) and _matches(row.path, path[1:]))


def _matches(pattern: tuple[str, ...], path: Path) -> bool:
    if pattern[:1] == (ANYWHERE,):
        pattern = pattern[1:]
        path = path[-len(pattern) :]
    return len(pattern) == len(path) and all(
        fnmatchcase(str(key), wanted) for key, wanted in zip(path, pattern, strict=True)
    )
