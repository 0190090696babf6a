"""Report of wrong settings: where, what is wrong, why it matters, what to write instead."""

import json
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One wrong setting."""

    key: str
    """Path in the stack file, such as ``gateways.public.idleTimeoutSeconds``."""
    value: object
    """Current value, shown as JSON; ``None`` where there is none."""
    reason: str
    """What is wrong and why it matters, continuing the line of the key."""
    remedy: str
    """What to write instead, an imperative sentence."""

    def __str__(self) -> str:
        shown = "" if self.value is None else f": {json.dumps(self.value, default=str)}"
        return f"  {self.key}{shown}\n    {self.reason}\n    {self.remedy}"


def report(source: str, problems: Sequence[Problem], outcome: str = "nothing was created") -> str:
    """Return one message with every problem.

    Args:
        source: what has the problems, such as the stack's file.
        problems: the problems of one pass.
        outcome: what happened, or did not, because of them.
    """
    count = f"{len(problems)} problem{'s' if len(problems) != 1 else ''}"
    listed = "\n\n".join(str(problem) for problem in problems)
    return f"{source} has {count}; {outcome}.\n\n{listed}"
