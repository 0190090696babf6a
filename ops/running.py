"""Other programs: how they are run, what they leave, and how a failure is told."""

import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a command left; ``code`` is ``None`` when there is no such command."""

    code: int | None
    out: str = ""
    err: str = ""

    @property
    def ok(self) -> bool:
        """Whether it ended well."""
        return self.code == 0


Run = Callable[[Sequence[str]], Result]


@dataclass(frozen=True, kw_only=True)
class Failure:
    """One thing that is not as it must be, and what to do."""

    what: str
    remedy: str

    def __str__(self) -> str:
        return f"  {self.what}\n    {self.remedy}"


def runner(root: Path) -> Run:
    """Runs commands in the project's folder and keeps what they print."""

    def run(command: Sequence[str]) -> Result:
        try:
            done = subprocess.run(command, cwd=root, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        except FileNotFoundError:
            return Result(code=None)
        return Result(code=done.returncode, out=done.stdout, err=done.stderr)

    return run
