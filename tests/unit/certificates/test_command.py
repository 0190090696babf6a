"""``python -m ops certificates`` on the command line."""

import json
import subprocess
import sys
from pathlib import Path

from components import trust
from tests.support import stack_files
from tests.support.days import TODAY
from tests.support.stack_files import ROOT


def ops(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "ops", "certificates", *arguments], cwd=ROOT, capture_output=True, text=True
    )


def test_the_command_needs_no_login(tmp_path: Path) -> None:
    ends = stack_files.newest_day("prod") + trust.INTERMEDIATE_LIFETIME
    done = ops("--stack", "prod", "--today", str(ends - trust.SOON))
    assert (done.returncode, done.stderr) == (1, "")
    assert "SOON" in done.stdout
    day = stack_files.newest_day("dev")
    as_json = ops("--stack", "dev", "--today", str(day), "--format", "json")
    assert as_json.returncode == 0
    assert json.loads(as_json.stdout)["asOf"] == f"{day}T00:00:00+00:00"


def test_wrong_usage_and_refused_settings_have_their_own_status(tmp_path: Path) -> None:
    assert ops("--stack", "nosuch", "--today", str(TODAY)).returncode == 2
    assert ops("--what").returncode == 2
    file = stack_files.copied("dev", tmp_path)
    file.write_text(file.read_text().replace("signing: 1", "signing: 7", 1))
    done = ops("--config", str(file), "--today", str(TODAY))
    assert done.returncode == 1
    assert "is not a listed generation" in done.stderr


def test_without_a_cluster_live_says_so() -> None:
    done = ops("--stack", "dev", "--live", "--today", str(stack_files.newest_day("dev")))
    assert done.returncode == 1
    assert "The cluster was not read: the outputs, which contain the kubeconfig, cannot be read" in done.stdout
