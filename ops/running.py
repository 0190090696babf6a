"""Running other programs: their results, and failures with remedies."""

import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Result:
    """Result of a command."""

    code: int | None
    """Exit status; ``None`` if there is no such command."""
    out: str = ""
    err: str = ""

    @property
    def ok(self) -> bool:
        """Whether the command succeeded."""
        return self.code == 0


Run = Callable[[Sequence[str]], Result]


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A failed check, and its remedy."""

    what: str
    remedy: str

    def __str__(self) -> str:
        return f"  {self.what}\n    {self.remedy}"


def runner(root: Path) -> Run:
    """Return a function that runs commands in the folder ``root`` and returns their output."""

    def run(command: Sequence[str]) -> Result:
        try:
            done = subprocess.run(command, cwd=root, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        except FileNotFoundError:
            return Result(code=None)
        return Result(code=done.returncode, out=done.stdout, err=done.stderr)

    return run
