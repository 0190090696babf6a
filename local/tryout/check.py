"""One check of a running stack."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Check:
    """An action, its expected result, and its real result."""

    what: str
    expected: str
    seen: str

    @property
    def holds(self) -> bool:
        """Return whether the result is as expected."""
        return self.expected == self.seen


def tried(what: str, expected: str, look: Callable[[], str]) -> Check:
    """Run a check; an exception is its result."""
    try:
        seen = look()
    except Exception as error:  # noqa: BLE001 - any failure becomes a failed check
        seen = f"{type(error).__name__}: {error}"
    return Check(what=what, expected=expected, seen=seen)
