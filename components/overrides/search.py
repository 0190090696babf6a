"""Search of the settings' escape hatches for values that break the mesh or are silently ignored.

The values are listed in ``refused``; charts without a schema silently accept a wrong key. Replacing a whole map also
drops what is below it: this stack's defaults, and the chart's own values that a row protects.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from ..charts.plan import Release
from ..cluster import addons, controller_chart
from ..gateways import chart as gateway_chart
from ..istio import charts
from ..settings import Settings, validation
from ..settings.problems import Problem
from .refused.row import ANYWHERE, Refused

Path = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class Surface:
    """One chart or add-on whose values the settings may override."""

    name: str
    """base, cni, istiod, gateway, controller, or the name of an add-on."""
    path: Path
    """Path of the overrides in the settings."""
    overrides: Mapping[str, Any]
    """Values of the settings."""
    defaults: Mapping[str, Any]
    """This stack's defaults, which the overrides are merged over."""
    legacy_scope: str | None = None
    """Key whose values Istio's chart merges over those beside it."""


def surfaces(settings: Settings) -> Iterator[Surface]:
    """Yield every chart and add-on of a stack; for istiod the version that the tag names."""
    mesh, images = settings.mesh, settings.images
    yield _of_release(charts.base(mesh))
    yield _of_release(charts.cni(mesh, images))
    yield _of_release(charts.istiod(mesh, images, mesh.version))
    yield from map(_of_release, gateway_chart.releases(settings.gateways, mesh).values())
    # No configuration depends on the region.
    for addon in addons.plans(settings.cluster, region=""):
        yield Surface(name=addon.name, path=addon.overrides_path, overrides=addon.overrides, defaults=addon.defaults)
    controller = controller_chart.load_balancer_controller("", "", "", settings.cluster.load_balancer_controller)
    yield _of_release(controller, "controller")


def _of_release(release: Release, name: str = "") -> Surface:
    return Surface(
        name=name or release.chart,
        path=release.overrides_path,
        overrides=release.overrides,
        defaults=release.defaults,
        legacy_scope=release.legacy_scope,
    )


def find(settings: Settings, refused: tuple[Refused, ...]) -> Iterator[Problem]:
    """Yield every refused value with its path; null is shown without a value."""
    for surface in surfaces(settings):
        for path, value in nodes((), surface.overrides):
            for row in refused:
                if _applies(row, surface, path) and row.when(value):
                    key = validation.path((*surface.path, *path))
                    plain = value if isinstance(value, str | int | float) else None
                    yield Problem(key=key, value=plain, reason=row.reason, remedy=row.remedy)


def replaced(settings: Settings, refused: tuple[Refused, ...]) -> Iterator[Problem]:
    """Yield every value that replaces a map which this stack fills, or below which a row protects a value."""
    for surface in surfaces(settings):
        rows = [row for row in refused if not row.surface or surface.name in row.surface]
        for path, value in nodes((), surface.overrides):
            if isinstance(value, Mapping) or any(_applies(row, surface, path) and row.when(value) for row in rows):
                continue
            if _is_map(surface, path, rows):
                yield _replaced(validation.path((*surface.path, *path)), value)


def _replaced(key: str, value: Any) -> Problem:
    wrong = "is null" if value is None else "is not a map"
    return Problem(
        key=key,
        value=value if isinstance(value, str | int | float) else None,
        reason=f"{wrong}: it would replace the whole map, which contains values that the mesh needs.",
        remedy="Write a map with the keys to change; null removes a single key.",
    )


def _is_map(surface: Surface, path: Path, rows: list[Refused]) -> bool:
    if surface.legacy_scope and path[:1] == (surface.legacy_scope,):
        return _is_map_at(path[1:], rows, surface.defaults) or _is_map_at(path, rows, surface.defaults)
    return _is_map_at(path, rows, surface.defaults)


def _is_map_at(path: Path, rows: list[Refused], ours: Mapping[str, Any]) -> bool:
    # An empty map among the defaults has nothing to lose.
    if isinstance(_found(ours, path), Mapping) and _found(ours, path):
        return True
    guarded = (row.path[: len(path)] for row in rows if len(path) < len(row.path) and row.path[0] != ANYWHERE)
    return any(_matches(pattern, path) for pattern in guarded)


def _found(values: Any, path: Path) -> Any:
    for key in path:
        values = values.get(key) if isinstance(values, Mapping) else None
    return values


def nodes(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    """Yield a value and everything inside it, each with its path."""
    yield path, value
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from nodes((*path, key), item)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from nodes((*path, index), item)


def _applies(row: Refused, surface: Surface, path: Path) -> bool:
    if row.surface and surface.name not in row.surface:
        return False
    in_scope = surface.legacy_scope is not None and path[:1] == (surface.legacy_scope,)
    return _matches(row.path, path) or (in_scope and _matches(row.path, path[1:]))


def _matches(pattern: tuple[str, ...], path: Path) -> bool:
    if pattern[:1] == (ANYWHERE,):
        pattern = pattern[1:]
        path = path[-len(pattern) :]
    return len(pattern) == len(path) and all(
        fnmatchcase(str(key), wanted) for key, wanted in zip(path, pattern, strict=True)
    )
