"""The type of a rule."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ops.diff.changes import Comparison, Sides

# The subject, and what changes about it.
Found = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One kind of risk."""

    title: str
    """Heading of all findings of the rule."""
    why: str
    """Consequence, and what to do."""
    find: Callable[[Comparison], Iterable[Found]]
    applies: tuple[Sides, ...] = (Sides.BOTH,)
    """Kinds of stacks that the rule applies to: in both revisions, new, or removed."""

    @property
    def name(self) -> str:
        """Name of the rule in the JSON report, from the name of its function."""
        return self.find.__name__.replace("_", "-")
