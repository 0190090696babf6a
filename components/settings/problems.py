"""How a wrong setting is told: where, what, why it matters, what to write instead."""

import json
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One wrong setting.

    key: path as a person writes it, ``gateways.public.idleTimeoutSeconds``.
    value: what stands there, shown as JSON; ``None`` when nothing does.
    reason: what is wrong and why it matters, continuing the line of the key.
    remedy: what to write instead, an imperative sentence.
    """

    key: str
    value: object
    reason: str
    remedy: str

    def __str__(self) -> str:
        shown = "" if self.value is None else f": {json.dumps(self.value, default=str)}"
        return f"  {self.key}{shown}\n    {self.reason}\n    {self.remedy}"


def report(source: str, problems: Sequence[Problem], outcome: str = "nothing was created") -> str:
    """All problems of one pass in one message; ``outcome``: how far it went."""
    count = f"{len(problems)} problem{'s' if len(problems) != 1 else ''}"
    listed = "\n\n".join(str(problem) for problem in problems)
    return f"{source} has {count}; {outcome}.\n\n{listed}"
