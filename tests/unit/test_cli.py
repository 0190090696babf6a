"""``python -m ops`` as a person calls it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.harness import ROOT


def ops(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "ops", *arguments], cwd=ROOT, capture_output=True, text=True)


def changed(tmp_path: Path, old: str, new: str) -> str:
    text = (ROOT / "Pulumi.dev.yaml").read_text()
    assert old in text
    path = tmp_path / "Pulumi.mine.yaml"
    path.write_text(text.replace(old, new))
    return str(path)


def test_a_preview_prints_every_part() -> None:
    done = ops("preview", "--stack", "prod", "--today", "2026-11-22")
    assert done.returncode == 0, done.stderr
    for part in ("Components", "Helm releases", "Addresses", "Capacity", "Price", "Certificates", "Warnings"):
        assert f"\n{part} " in done.stdout, part


def test_json_is_only_json() -> None:
    path = str(ROOT / "Pulumi.dev.yaml")
    done = ops("preview", "--config", path, "--format", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["project"] == "istio-eks"


def test_refused_settings_end_with_one_and_a_message_without_traceback(tmp_path: Path) -> None:
    path = changed(tmp_path, "zones: [us-west-2a, us-west-2b]", "zones: [eu-west-1a]\n    natt: single")
    done = ops("preview", "--config", path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Pulumi.mine.yaml has 1 problem; nothing was created." in done.stderr
    assert "network.natt" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [("preview", "--stack", "nosuch"), ("preview", "--format", "xml"), ("nonsense",), ("preview", "--what")],
)
def test_wrong_usage_ends_with_two(arguments: tuple[str, ...]) -> None:
    assert ops(*arguments).returncode == 2


def test_a_missing_stack_names_those_there_are() -> None:
    assert "dev, prod" in ops("preview", "--stack", "nosuch").stderr


def test_the_clock_can_be_fixed() -> None:
    done = ops("preview", "--stack", "dev", "--today", "2027-10-20")
    assert done.returncode == 0, done.stderr
    assert "URGENT" in done.stdout


@pytest.mark.parametrize("command", ["preview", "graph", "diff", "certificates", "up", "destroy", "docs"])
def test_every_command_has_help(command: str) -> None:
    done = ops(command, "--help")
    assert done.returncode == 0
    assert "Usage" in done.stdout
