"""Values of a chart or an add-on that know where the settings hold them, so that a wrong one is told at its key."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..kubernetes.quantities import NotANumber, Path, count, mebibytes, millicores


@dataclass(frozen=True)
class Located:
    """Values and where they stand; of several layers a later one wins, map by map."""

    layers: tuple[tuple[Path, Mapping[str, Any]], ...]

    def inside(self, *keys: str) -> "Located":
        """A map in the values; whatever is no map there is nothing, and for the rules to refuse."""
        here = self
        for key in keys:
            found = tuple(((*path, key), values[key]) for path, values in here.layers if key in values)
            here = Located(tuple((path, value) for path, value in found if isinstance(value, Mapping)))
        return here

    def get(self, key: str, absent: Any = None) -> Any:
        """One value as it is."""
        return next((values[key] for _, values in reversed(self.layers) if key in values), absent)

    def count(self, key: str, absent: int) -> int:
        """A number of pods. Raises NotANumber."""
        return self.read(key, lambda value: count(value, absent))

    def cpu(self, key: str) -> int:
        """Millicores, none by default. Raises NotANumber."""
        return self.read(key, lambda value: millicores(value or 0))

    def memory(self, key: str) -> int:
        """MiB, none by default. Raises NotANumber."""
        return self.read(key, lambda value: mebibytes(value or 0))

    def read(self, key: str, number: Callable[[Any], int]) -> int:
        """What ``number`` makes of a value. Raises NotANumber with the value's path."""
        try:
            return number(self.get(key))
        except NotANumber as error:
            raise NotANumber(error.value, self.path(key)) from None

    def has(self, key: str) -> bool:
        """Whether anything is said, null too."""
        return any(key in values for _, values in self.layers)

    def path(self, key: str) -> Path:
        """Where the value stands, or would."""
        return next(
            ((*path, key) for path, values in reversed(self.layers) if key in values),
            (*self.layers[0][0], key) if self.layers else (key,),
        )


def at(path: Path, values: Mapping[str, Any], legacy_scope: str | None = None) -> Located:
    """Values at a path. ``legacy_scope``: the key below which Istio's chart takes values over those beside it."""
    scoped = values.get(legacy_scope) if legacy_scope else None
    further = (((*path, legacy_scope), scoped),) if legacy_scope and isinstance(scoped, Mapping) else ()
    return Located(((path, values), *further))
