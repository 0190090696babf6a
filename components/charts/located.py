"""Values of a chart or an add-on with their paths in the settings, so that a problem names the right key."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..kubernetes.quantities import NotANumberError, Path, count, mebibytes, millicores


@dataclass(frozen=True)
class Located:
    """Values with their paths in the settings."""

    layers: tuple[tuple[Path, Mapping[str, Any]], ...]
    """Path and values of each layer; a later layer wins over an earlier one, map by map."""

    def inside(self, *keys: str) -> "Located":
        """Return a map inside the values; anything else counts as an empty map, which the rules refuse elsewhere."""
        here = self
        for key in keys:
            inner = tuple(((*path, key), values[key]) for path, values in here.layers if key in values)
            here = Located(tuple((path, value) for path, value in inner if isinstance(value, Mapping)))
        return here

    def get(self, key: str, absent: Any = None) -> Any:
        """Return a value unchanged."""
        return next((values[key] for _, values in reversed(self.layers) if key in values), absent)

    def count(self, key: str, absent: int) -> int:
        """Return a number of pods.

        Raises:
            NotANumberError: the value is not a number.
        """
        return self.read(key, lambda value: count(value, absent))

    def cpu(self, key: str) -> int:
        """Return a CPU quantity in millicores, 0 by default.

        Raises:
            NotANumberError: the value is not a quantity.
        """
        return self.read(key, lambda value: millicores(value or 0))

    def memory(self, key: str) -> int:
        """Return a memory quantity in MiB, 0 by default.

        Raises:
            NotANumberError: the value is not a quantity.
        """
        return self.read(key, lambda value: mebibytes(value or 0))

    def read(self, key: str, number: Callable[[Any], int]) -> int:
        """Return a value converted by ``number``.

        Raises:
            NotANumberError: the value cannot be converted; the error has its path.
        """
        try:
            return number(self.get(key))
        except NotANumberError as error:
            raise NotANumberError(error.value, self.path(key)) from None

    def has(self, key: str) -> bool:
        """Check whether the key is set, even to null."""
        return any(key in values for _, values in self.layers)

    def path(self, key: str) -> Path:
        """Return the path of the value, or where it would be set."""
        return next(
            ((*path, key) for path, values in reversed(self.layers) if key in values),
            (*self.layers[0][0], key) if self.layers else (key,),
        )


def at(path: Path, values: Mapping[str, Any], legacy_scope: str | None = None) -> Located:
    """Return values with their path.

    Args:
        path: path of the values in the settings.
        values: the values.
        legacy_scope: key whose values Istio's chart merges over those beside it.
    """
    scoped = values.get(legacy_scope) if legacy_scope else None
    further = (((*path, legacy_scope), scoped),) if legacy_scope and isinstance(scoped, Mapping) else ()
    return Located(((path, values), *further))
