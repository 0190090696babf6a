"""Result of a comparison of two revisions, and its status."""

from dataclasses import dataclass
from enum import StrEnum

from ops.diff.changes import Comparison, Failed


class Status(StrEnum):
    """Status of a comparison, which decides the exit status."""

    CLEAN = "clean"
    CHANGES = "changes"
    RISKS = "risks"
    FAILED = "failed"


# 2 means wrong usage, as for every command.
EXIT = {Status.CLEAN: 0, Status.FAILED: 1, Status.CHANGES: 3, Status.RISKS: 4}
_WORST_FIRST = (Status.FAILED, Status.RISKS, Status.CHANGES, Status.CLEAN)


@dataclass(frozen=True, kw_only=True)
class Side:
    """A revision, with the name that the reader knows."""

    name: str
    commit: str | None


@dataclass(frozen=True, kw_only=True)
class Report:
    """Every stack of either revision."""

    base: Side
    head: Side
    stacks: tuple[Comparison | Failed, ...]
    notes: tuple[str, ...]
    again: str
    """Command that prints this report in full."""

    @property
    def status(self) -> Status:
        """Worst status of the stacks."""
        found = {status(each) for each in self.stacks}
        return next((each for each in _WORST_FIRST if each in found), Status.CLEAN)


def status(stack: Comparison | Failed) -> Status:
    """Return the status of one stack."""
    if isinstance(stack, Failed):
        return Status.FAILED
    if stack.risks:
        return Status.RISKS
    return Status.CLEAN if stack.clean else Status.CHANGES
