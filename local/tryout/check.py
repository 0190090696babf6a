"""One thing that was tried with a stack."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Check:
    """Who did what, what should come of it, what came."""

    what: str
    expected: str
    seen: str

    @property
    def holds(self) -> bool:
        """Whether it is as it should be."""
        return self.expected == self.seen


def tried(what: str, expected: str, look: Callable[[], str]) -> Check:
    """Look, and take what goes wrong on the way for what was seen."""
    try:
        seen = look()
    except Exception as error:  # noqa: BLE001 - any failure becomes a failed check
        seen = f"{type(error).__name__}: {error}"
    return Check(what=what, expected=expected, seen=seen)
