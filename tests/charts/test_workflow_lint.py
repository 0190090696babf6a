"""The workflows as GitHub reads them."""

import subprocess
from pathlib import Path

from tests.support import needs
from tests.support.stack_files import ROOT


def test_actionlint_finds_nothing() -> None:
    workflows = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    asked = [str(needs.tool("actionlint")), "-no-color", "-shellcheck=", "-pyflakes=", *map(str, workflows)]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_actionlint_sees_what_is_wrong(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo ${{ nosuch.x }}\n"
    )
    done = subprocess.run([str(needs.tool("actionlint")), str(wrong)], capture_output=True, text=True)
    assert done.returncode == 1
    assert "nosuch" in done.stdout
