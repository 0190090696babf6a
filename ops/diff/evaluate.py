"""What a revision plans for a stack, by its own code in a process of its own."""

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

# A revision's code is whatever a pull request says: of our environment it gets what a program needs to start.
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "SYSTEMROOT")
TIMEOUT = 300
LINES_OF_A_REASON = 40

NUMBERS = Path(__file__).with_name("numbers.py")
_RUN = "import runpy, sys; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"


class NotEvaluated(Exception):
    """A revision has no plan for a stack; the text says why, for a person."""


@dataclass(frozen=True, kw_only=True)
class Evaluated:
    """document: of ``ops preview``. numbers: of ``numbers.py``, or why there are none."""

    document: Document
    numbers: Mapping[str, Any] | str


def evaluate(revision: Revision, stack: str, today: datetime.date) -> Evaluated:
    """Document and numbers of one stack.

    Raises NotEvaluated.
    """
    return Evaluated(document=_document(revision, stack, today), numbers=_numbers(revision, stack, today))


def environment() -> dict[str, str]:
    """For a revision's code: no credentials, no PYTHONPATH, and nothing is written beside its files."""
    return {key: os.environ[key] for key in PASSED_ON if key in os.environ} | {
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONIOENCODING": "utf-8",
    }


def _document(revision: Revision, stack: str, today: datetime.date) -> Document:
    if not (revision.folder / "ops" / "__main__.py").is_file():
        raise NotEvaluated(f"{revision.name} is older than `python -m ops preview`, which plans without a cloud.")
    done = _python(revision, "-m", "ops", "preview", "--stack", stack, "--format", "json", "--today", str(today))
    if done.returncode == 2:
        raise NotEvaluated(f"`python -m ops preview` of {revision.name} cannot yet print a plan as JSON.")
    if done.returncode:
        raise NotEvaluated(reason(done.stderr, revision.folder))
    try:
        document: Document = json.loads(done.stdout)
        return {**document, "resources": list(document["resources"]), "outputs": dict(document["outputs"])}
    except (ValueError, KeyError, TypeError):
        raise NotEvaluated(f"`python -m ops preview` of {revision.name} printed no document.") from None


def _numbers(revision: Revision, stack: str, today: datetime.date) -> Mapping[str, Any] | str:
    """By the revision's own module where it has one, else by ours with the revision's code."""
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
        raise NotEvaluated(f"{revision.name} was not evaluated within {TIMEOUT} s.") from None


def reason(said: str, folder: Path) -> str:
    """What a process wrote before it failed, for a reader: of a traceback the last line, no path of ours."""
    text = said.replace(f"{folder}/", "").strip()
    lines = text.splitlines()
    if any(line.startswith("Traceback (most recent call last)") for line in lines):
        told = [line for line in lines if re.match(r"^[\w.]+(Error|Exception|Exit)\b", line)]
        return told[-1] if told else lines[-1]
    return "\n".join(lines[-LINES_OF_A_REASON:]) or "it ended without a word"
