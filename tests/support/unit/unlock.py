"""How docs/pipelines.md goes on after a killed `up`, and what its reader has been told; real software says the same."""

import re

from tests.support.stack_files import ROOT

ANCHOR = "docs/pipelines.md#when-an-up-was-killed"
LOCKED = "the stack is currently locked"
MAKING = "interrupted while creating"
TAKEN = "already exists"
REUSED = "cannot re-use a name that is still in use"
IN_PROGRESS = "another operation (install/upgrade/rollback) is in progress"
MESSAGES = (LOCKED, MAKING, TAKEN, REUSED, IN_PROGRESS)


def section() -> str:
    """Without its line ends."""
    text = (ROOT / "docs" / "pipelines.md").read_text()
    [found] = re.findall(r"^## When an up was killed\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    return " ".join(str(found).split())
