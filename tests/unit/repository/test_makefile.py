"""What `make` adds to the commands that it runs."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.support import make
from tests.support.stack_files import ROOT


def made(target: str, status: int, folder: Path) -> subprocess.CompletedProcess[str]:
    """`make` with a Python of ours, which says what it was given and ends with ``status``."""
    python = folder / "bin" / "python"
    python.parent.mkdir()
    python.write_text(f'#!/bin/sh\necho "$@"\nexit {status}\n')
    python.chmod(0o755)
    # Newer than every lock: nothing is installed.
    (folder / "run").touch()
    command = ["make", target, f"VENV={folder}"]
    return subprocess.run(command, cwd=ROOT, env=make.environment(), capture_output=True, text=True)


@pytest.mark.parametrize(("status", "code"), [(0, 0), (3, 0), (4, 0), (1, 2), (2, 2)])
def test_a_diff_that_finds_something_is_no_error(status: int, code: int, tmp_path: Path) -> None:
    done = made("diff", status, tmp_path)
    assert done.stdout.splitlines()[0] == "-m ops diff --base origin/main"
    assert (done.returncode, "Error" in done.stderr) == (code, code == 2)


def test_the_documentation_is_written_by_the_commands_and_by_the_benchmarks(tmp_path: Path) -> None:
    done = made("docs", 0, tmp_path)
    assert done.stdout.splitlines()[-2:] == ["-m ops docs", "-m benchmarks.scale.page"]


def test_the_python_that_make_asks_for_is_the_readmes() -> None:
    """From this one on, tarfile knows filters."""
    (checked,) = re.findall(r"version_info < \((\d+), (\d+), (\d+)\)", (ROOT / "Makefile").read_text())
    assert f"With Python {'.'.join(checked)} or newer" in (ROOT / "README.md").read_text()
    assert ".".join(checked) == "3.11.4"
