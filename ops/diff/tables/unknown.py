"""Values that are unknown before an update, and paths of values."""

from typing import Final

Path = tuple[str | int, ...]


class Unknown:
    """A value that only an update knows."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()
