"""Answers of ``python -m local.tools`` of this tree: the path of helm, and the Istio charts that a folder pins.

It runs as a program, once per question.
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
# Seconds: it may have to download Istio's module, and a Go toolchain for that.
TIMEOUT = 600

_alone = threading.Lock()


class LocalToolsError(Exception):
    """``local.tools`` failed; the text gives the reason."""


@dataclass(frozen=True, kw_only=True)
class IstioCharts:
    """Istio's charts in the Go module cache."""

    version: str
    """Version of Istio's Go module."""
    minor: str
    """Minor version of Istio, as in 1.31."""
    folders: Mapping[str, Path]
    """Folders of the charts, by published name."""


def helm() -> Path:
    """Return the path of the pinned helm, which may not be built yet.

    Raises:
        LocalToolsError: ``local.tools`` failed.
    """
    return Path(_said("--path", "helm").strip())


def istio_charts(pins: Path) -> IstioCharts:
    """Return the charts of the module that the go.mod in a folder pins, downloaded if they are missing.

    Raises:
        LocalToolsError: ``local.tools`` failed.
    """
    answer = json.loads(_said("--charts", str(pins)))
    folders = {name: Path(folder) for name, folder in answer["charts"].items()}
    return IstioCharts(version=answer["version"], minor=answer["minor"], folders=folders)


def _said(*arguments: str) -> str:
    # Several releases are rendered at a time, and each asks the same questions.
    with _alone:
        done = _run(*arguments)
    if done is None:
        raise LocalToolsError(f"python -m local.tools did not finish within {TIMEOUT} s")
    if done.returncode:
        raise LocalToolsError(evaluate.reason(done.stderr, ROOT))
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
