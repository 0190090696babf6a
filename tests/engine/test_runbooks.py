"""The runbooks' config commands, typed into the real Pulumi CLI, and what it makes of the stack file."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from ops.offline import stack_file
from tests.support import needs, stack_files
from tests.support.days import NOON
from tests.support.stack_files import ROOT
from tests.support.unit import runbooks
from tests.support.unit.runbook_operator import Operator


@pytest.fixture
def typed(tmp_path: Path) -> Mapping[str, str]:
    """Environment of a shell in a copy of the project, with an empty stack in a backend of its own."""
    pulumi = needs.tool("pulumi")
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path / "Pulumi.yaml")
    stack_files.copied("prod", tmp_path)
    backend = tmp_path / "backend"
    backend.mkdir()
    environment = {
        **os.environ,
        "PATH": f"{pulumi.parent}{os.pathsep}{os.environ['PATH']}",
        "PULUMI_BACKEND_URL": f"file://{backend}",
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "TMPDIR": str(tmp_path),
    }
    subprocess.run([pulumi, "stack", "init", "prod"], cwd=tmp_path, env=environment, check=True, capture_output=True)
    return environment


@pytest.mark.parametrize("name", runbooks.NAMES)
def test_the_cli_writes_what_the_tests_of_the_runbooks_take_for_granted(
    name: str, typed: Mapping[str, str], tmp_path: Path
) -> None:
    copy = tmp_path / "copy.yaml"
    shutil.copy(tmp_path / "Pulumi.prod.yaml", copy)
    operator = Operator(copy, NOON)
    book = runbooks.read(name)
    lines = ["set -e"]
    for command in book.commands:
        if not command.needs_cluster and command.line.startswith(("export", "pulumi config")):
            lines.append(operator.dated(command.line))
            operator.type([command])
    done = subprocess.run(
        ["bash", "-c", "\n".join(lines)], cwd=tmp_path, env=dict(typed), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert stack_file.read(tmp_path / "Pulumi.prod.yaml").values == stack_file.read(copy).values
