"""Plan of a stack, made by a revision's own code in its own process."""

import datetime
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.diff.revisions import Revision

Document = Mapping[str, Any]

# A pull request can change this code, so it gets only the environment variables that a program needs to start.
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "SYSTEMROOT")
# Seconds that the evaluation of one stack may take.
TIMEOUT = 300
LINES_OF_A_REASON = 40

NUMBERS = Path(__file__).with_name("numbers.py")
_RUN = "import runpy, sys; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"


class NotEvaluatedError(Exception):
    """A revision has no plan for a stack; the text gives the reason."""


@dataclass(frozen=True, kw_only=True)
class Evaluated:
    """The plan of one stack."""

    document: Document
    """Output of ``ops preview --format json``."""
    numbers: Mapping[str, Any] | str
    """Output of ``numbers.py``, or the reason why there is none."""


def evaluate(revision: Revision, stack: str, today: datetime.date) -> Evaluated:
    """Return document and numbers of one stack.

    Raises:
        NotEvaluatedError: The revision cannot plan the stack.
    """
    return Evaluated(document=_document(revision, stack, today), numbers=_numbers(revision, stack, today))


def environment() -> dict[str, str]:
    """Return the environment for a revision's code: no credentials, no PYTHONPATH, no compiled files on disk."""
    return {key: os.environ[key] for key in PASSED_ON if key in os.environ} | {
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONIOENCODING": "utf-8",
    }


def _document(revision: Revision, stack: str, today: datetime.date) -> Document:
    if not (revision.folder / "ops" / "__main__.py").is_file():
        raise NotEvaluatedError(f"{revision.name} has no `python -m ops preview`, which plans without a cloud account.")
    done = _python(revision, "-m", "ops", "preview", "--stack", stack, "--format", "json", "--today", str(today))
    if done.returncode == 2:
        raise NotEvaluatedError(f"`python -m ops preview` of {revision.name} does not support --format json.")
    if done.returncode:
        raise NotEvaluatedError(reason(done.stderr, revision.folder))
    try:
        document: Document = json.loads(done.stdout)
        return {**document, "resources": list(document["resources"]), "outputs": dict(document["outputs"])}
    except (ValueError, KeyError, TypeError):
        raise NotEvaluatedError(f"`python -m ops preview` of {revision.name} printed no document.") from None


def _numbers(revision: Revision, stack: str, today: datetime.date) -> Mapping[str, Any] | str:
    """Run ``numbers.py`` of the revision if it has one, else ours, with the revision's code."""
    own = (revision.folder / "ops" / "diff" / NUMBERS.name).is_file()
    how = ["-m", "ops.diff.numbers"] if own else ["-c", _RUN, str(NUMBERS)]
    done = _python(revision, *how, stack, str(today))
    if done.returncode:
        return reason(done.stderr, revision.folder)
    try:
        numbers: Mapping[str, Any] = json.loads(done.stdout)
    except ValueError:
        return f"ops.diff.numbers of {revision.name} printed no numbers"
    return numbers


def _python(revision: Revision, *arguments: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=revision.folder,
            env=environment(),
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=TIMEOUT,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        raise NotEvaluatedError(f"The evaluation of {revision.name} did not finish within {TIMEOUT} s.") from None


def reason(said: str, folder: Path) -> str:
    """Return why a process failed: the error of a traceback or the last lines, without the path of ``folder``."""
    text = said.replace(f"{folder}/", "").strip()
    lines = text.splitlines()
    if any(line.startswith("Traceback (most recent call last)") for line in lines):
        errors = [line for line in lines if re.match(r"^[\w.]+(Error|Exception|Exit)\b", line)]
        return errors[-1] if errors else lines[-1]
    return "\n".join(lines[-LINES_OF_A_REASON:]) or "it exited without any output"
