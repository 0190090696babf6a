"""What the files around the code say, beside what the code does."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.support.stack_files import ROOT
from tests.support.unit.workflows import NAMES, steps

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
NOQA = re.compile(r"#\s*(ruff: )?noqa(?P<rest>.*)$", re.IGNORECASE)


def python_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, check=True, capture_output=True, text=True)
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def without_reason(text: str) -> list[str]:
    """Return the lines that switch a rule off without naming it or without a reason behind it."""
    found = [(line, NOQA.search(line)) for line in text.splitlines()]
    return [line for line, match in found if match and not re.match(r": [A-Z]+\d+(, [A-Z]+\d+)* - \w", match["rest"])]


def test_the_oldest_python_is_one_everywhere() -> None:
    oldest = PROJECT["requires-python"].removeprefix(">=")
    assert f"({', '.join(oldest.split('.'))})" in (ROOT / "Makefile").read_text()
    minor = ".".join(oldest.split(".")[:2])
    assert (ROOT / ".python-version").read_text().strip() == minor
    setups = [step for name in NAMES for step in steps(name) if "setup-python" in step.get("uses", "")]
    used = {step["with"]["python-version"] for step in setups}
    assert used == {minor}
    assert f"Python {oldest} or newer" in (ROOT / "CONTRIBUTING.md").read_text()


def test_the_license_is_the_one_that_the_project_names() -> None:
    (file,) = PROJECT["license-files"]
    text = (ROOT / file).read_text()
    assert PROJECT["license"] == "Apache-2.0"
    assert "Apache License\n                           Version 2.0, January 2004" in text
    assert "Copyright 2026 The istio-eks authors" in text


def test_every_rule_that_is_switched_off_has_a_reason() -> None:
    found = {path: without_reason(path.read_text()) for path in python_files() if path != Path(__file__)}
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ("import x  # noqa", True),
        ("import x  # noqa: F401", True),
        ("# ruff: noqa: F401", True),
        ("import x  # noqa: F401 - registers its rules", False),
        ("import x  # noqa: F401, E402 - registers its rules", False),
    ],
)
def test_a_missing_reason_is_noticed(line: str, refused: bool) -> None:
    assert bool(without_reason(line)) is refused


def test_the_commands_of_the_contribution_guide_are_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        name for pair in re.findall(r"^make ([a-z-]+)|`make ([a-z-]+)", text, re.MULTILINE) for name in pair if name
    }
    assert {"test", "lock", "test-mesh"} <= named
    assert named - targets == set()
    paths = re.findall(r"`((?:components|tests|ops|local|examples|\.github)/[^`<>…]*)`", text)
    assert len(paths) > 10
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_hooks_run_what_the_linters_run() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    makefile = (ROOT / "Makefile").read_text()
    lint = makefile[makefile.index("\nlint:") : makefile.index("\nformat:")]
    for program in ("ruff check", "ruff format", "mypy", "lint-imports"):
        assert f"$(BIN)/{program}" in lint
        assert any(hook["entry"].startswith(f".venv/bin/{program}") for hook in hooks)
