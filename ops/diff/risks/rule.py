"""The form of a rule."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ops.diff.changes import Comparison, Sides

# Subject, and what about it.
Found = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """title: what all findings have in common, for a heading. why: what may come of it, and what to do."""

    title: str
    why: str
    find: Callable[[Comparison], Iterable[Found]]
    applies: tuple[Sides, ...] = (Sides.BOTH,)

    @property
    def name(self) -> str:
        """Of its function, as it is printed."""
        return self.find.__name__.replace("_", "-")
