"""``python -m ops`` as a person calls it."""

import datetime
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from components import trust
from tests.support import stack_files
from tests.support.days import TODAY
from tests.support.stack_files import ROOT


def ops(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "ops", *arguments], cwd=ROOT, capture_output=True, text=True)


def on(day: datetime.date, *arguments: str) -> subprocess.CompletedProcess[str]:
    return ops(*arguments, "--today", str(day))


def changed(tmp_path: Path, old: str, new: str) -> str:
    path = stack_files.copied("dev", tmp_path)
    text = path.read_text()
    assert old in text
    path = path.rename(tmp_path / "Pulumi.mine.yaml")
    path.write_text(text.replace(old, new))
    return str(path)


def test_a_preview_prints_every_part() -> None:
    done = on(stack_files.newest_day("prod"), "preview", "--stack", "prod")
    assert done.returncode == 0, done.stderr
    for part in ("Components", "Helm releases", "Addresses", "Capacity", "Price", "Certificates", "Warnings"):
        assert f"\n{part} " in done.stdout, part
    assert "\nHelm values " not in done.stdout


def test_values_of_releases_are_an_option() -> None:
    done = on(stack_files.newest_day("dev"), "preview", "--stack", "dev", "--values")
    assert done.returncode == 0, done.stderr
    assert "\nHelm values " in done.stdout
    assert "\n  global:\n" in done.stdout


def test_json_is_only_json() -> None:
    path = str(stack_files.committed("dev"))
    done = on(stack_files.newest_day("dev"), "preview", "--config", path, "--format", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["project"] == "istio-eks"


def test_refused_settings_end_with_one_and_a_message_without_traceback(tmp_path: Path) -> None:
    path = changed(tmp_path, "zones: [us-west-2a, us-west-2b]", "zones: [eu-west-1a]\n    natt: single")
    done = on(TODAY, "preview", "--config", path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Pulumi.mine.yaml has 1 problem; nothing was created." in done.stderr
    assert "network.natt" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [("preview", "--stack", "nosuch"), ("preview", "--format", "xml"), ("nonsense",), ("preview", "--what")],
)
def test_wrong_usage_ends_with_two(arguments: tuple[str, ...]) -> None:
    assert on(TODAY, *arguments).returncode == 2


def test_a_missing_stack_names_those_there_are() -> None:
    told = on(TODAY, "preview", "--stack", "nosuch").stderr
    assert {"dev", "prod"} <= set(re.findall(r"\w+", told))


def test_the_clock_can_be_fixed() -> None:
    last = stack_files.newest_day("dev") + trust.INTERMEDIATE_LIFETIME - trust.WORKLOAD_LIFETIME
    done = on(last - trust.URGENT, "preview", "--stack", "dev")
    assert done.returncode == 0, done.stderr
    assert "URGENT" in done.stdout
    assert "URGENT" not in on(last - trust.SOON, "preview", "--stack", "dev").stdout


def test_a_command_that_is_handed_no_day_does_not_go_by_the_real_one() -> None:
    """Else the tests of a command would turn red on a day that nobody chose."""
    done = ops("preview", "--stack", "dev")
    assert done.returncode == 1
    assert "Pass a day" in done.stderr


@pytest.mark.parametrize("command", ["preview", "graph", "diff", "certificates", "up", "destroy", "docs"])
def test_every_command_has_help(command: str) -> None:
    done = ops(command, "--help")
    assert done.returncode == 0
    assert "Usage" in done.stdout
