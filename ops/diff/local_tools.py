"""What ``python -m local.tools`` of this tree says: where helm lies, and Istio's charts as a folder pins them.

It is started as a program, and for each question once.
"""

import functools
import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ops.diff import evaluate

ROOT = Path(__file__).parents[2]
# Istio's module may have to be fetched, and a Go to fetch it with.
TIMEOUT = 600

_alone = threading.Lock()


class NotSaid(Exception):
    """It ended without an answer; the text says why."""


@dataclass(frozen=True, kw_only=True)
class IstioCharts:
    """version: of Istio's module. minor: what that becomes. folders: of the charts, by published name."""

    version: str
    minor: str
    folders: Mapping[str, Path]


def helm() -> Path:
    """Where the pinned helm lies once it is built.

    Raises NotSaid.
    """
    return Path(_said("--path", "helm").strip())


def istio_charts(pins: Path) -> IstioCharts:
    """Charts of the module that the go.mod in a folder pins, fetched when they are not there.

    Raises NotSaid.
    """
    told = json.loads(_said("--charts", str(pins)))
    folders = {name: Path(folder) for name, folder in told["charts"].items()}
    return IstioCharts(version=told["version"], minor=told["minor"], folders=folders)


def _said(*arguments: str) -> str:
    # Several releases are rendered at a time, and all of them ask.
    with _alone:
        done = _run(*arguments)
    if done is None:
        raise NotSaid(f"python -m local.tools did not end within {TIMEOUT} s")
    if done.returncode:
        raise NotSaid(evaluate.reason(done.stderr, ROOT))
    return done.stdout


@functools.cache
def _run(*arguments: str) -> subprocess.CompletedProcess[str] | None:
    try:
        return subprocess.run(
            [sys.executable, "-m", "local.tools", *arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        return None
