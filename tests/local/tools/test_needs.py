"""What a computer lacks for `make try` and `make test-mesh` is said at once, and before anything is downloaded."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local import needs
from local.machine import needs as machine_needs
from local.tools import go, tools
from local.tools.pinned import TOOLS
from tests.support import make
from tests.support.stack_files import ROOT

GIB = needs.GIB
EVERYTHING = 100 * GIB


@pytest.fixture
def complete(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """A Linux that lacks nothing, and on which nothing of ours is installed."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(machine_needs, "missing_commands", dict)
    monkeypatch.setattr(machine_needs, "refused", list)
    monkeypatch.setattr(go, "lacking", lambda least: "")
    monkeypatch.setattr(go, "caches", lambda: [tmp_path / "modules", tmp_path / "builds"])
    monkeypatch.setattr(tools, "is_built", lambda name: False)
    monkeypatch.setattr(needs, "INSTALLED", tmp_path / "mesh")
    free_disk(monkeypatch, EVERYTHING)
    free_memory(monkeypatch, EVERYTHING)
    return monkeypatch


def free_disk(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    usage = shutil.disk_usage("/")._replace(free=count)
    monkeypatch.setattr(shutil, "disk_usage", lambda place: usage)


def free_memory(monkeypatch: pytest.MonkeyPatch, machine: int | None, container: int | None = None) -> None:
    monkeypatch.setattr(needs, "_of_the_machine", lambda: machine)
    monkeypatch.setattr(needs, "_of_the_container", lambda: container)


def told(target: str = "try") -> list[str]:
    return [str(each) for each in needs.lacking(target)]


@pytest.mark.usefixtures("complete")
def test_a_computer_that_lacks_nothing_is_told_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert needs.main(["try"]) == 0
    assert capsys.readouterr() == ("", "")


def test_everything_that_is_missing_is_said_at_once_with_the_line_that_brings_it(
    complete: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    complete.setattr(machine_needs, "missing_commands", lambda: {"ip": "iproute2", "nft": "nftables"})
    complete.setattr(machine_needs, "refused", lambda: ["The kernel refuses: unshare", "Run it as root."])
    complete.setattr(go, "lacking", lambda least: "there is no `go` on the PATH")
    free_disk(complete, GIB)
    free_memory(complete, GIB)
    assert needs.main(["try"]) == needs.LACKING
    printed = capsys.readouterr().err
    assert printed.startswith("make try cannot run here: 5 requirements are missing. Nothing was downloaded.")
    for part in (
        "Commands are missing: ip, nft.",
        "iproute2 nftables",
        "The kernel refuses: unshare",
        "Run it as root.",
        "Go 1.26",
        "/usr/local/go/bin",
        "1.0 GiB are free on the disk of",
        "downloads and builds need 11.6 GiB",
        "1.0 GiB of memory are available, but building the tools and running a stack needs 4.0 GiB",
        "NEEDS=unchecked",
    ):
        assert part in printed, part


def test_another_system_is_told_that_alone(complete: pytest.MonkeyPatch) -> None:
    complete.setattr(sys, "platform", "darwin")
    complete.setattr(go, "lacking", lambda least: "there is no `go` on the PATH")
    (only,) = told()
    assert "Linux is required, but this is darwin" in only


def test_what_is_built_and_installed_needs_no_room_any_more(complete: pytest.MonkeyPatch, tmp_path: Path) -> None:
    free_disk(complete, GIB)
    assert len(told()) == 1
    complete.setattr(tools, "is_built", lambda name: True)
    (tmp_path / "mesh").touch()
    assert told() == []


def test_what_a_first_build_left_in_gos_caches_is_counted(complete: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """And what other projects have there is not."""
    free_disk(complete, 2 * GIB)
    complete.setattr(needs, "_used", lambda folder: 8 * GIB)
    assert len(told()) == 1
    for tool in TOOLS.values():
        (tmp_path / "modules" / f"{tool.module}@{tool.version}").mkdir(parents=True, exist_ok=True)
    assert told() == []


@pytest.mark.parametrize(("target", "gibibytes"), [("try", 2), ("benchmark-mesh", 2), ("test-mesh", 4)])
def test_memory_is_asked_for_as_the_target_takes_it(complete: pytest.MonkeyPatch, target: str, gibibytes: int) -> None:
    complete.setattr(tools, "is_built", lambda name: True)
    free_memory(complete, gibibytes * GIB, EVERYTHING)
    assert told(target) == []
    free_memory(complete, gibibytes * GIB - 1)
    assert len(told(target)) == 1
    free_memory(complete, EVERYTHING, gibibytes * GIB - 1)
    assert len(told(target)) == 1
    free_memory(complete, None)
    assert told(target) == []


@pytest.mark.parametrize(
    ("limit", "usage", "left"), [("2048\n", "48\n", 2000), ("10\n", "20\n", 0), ("max\n", "48\n", None)]
)
def test_a_containers_limit_is_what_is_left_of_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, limit: str, usage: str, left: int | None
) -> None:
    monkeypatch.setattr(needs, "CONTROL_GROUPS", [(tmp_path / "limit", tmp_path / "usage")])
    assert needs._of_the_container() is None
    (tmp_path / "limit").write_text(limit)
    (tmp_path / "usage").write_text(usage)
    assert needs._of_the_container() == left


@pytest.mark.parametrize(
    ("manager", "root", "line"),
    [
        ("apt-get", True, "apt-get update && apt-get install --yes iproute2 uidmap"),
        ("apt-get", False, "sudo apt-get update && sudo apt-get install --yes iproute2 uidmap"),
        ("dnf", False, "sudo dnf install --assumeyes iproute shadow-utils"),
        ("", False, "Install iproute2, uidmap with this distribution's package manager."),
    ],
)
def test_the_line_is_that_of_the_package_manager_that_is_there(
    monkeypatch: pytest.MonkeyPatch, manager: str, root: bool, line: str
) -> None:
    monkeypatch.setattr(shutil, "which", lambda command, path=None: command if command == manager else None)
    monkeypatch.setattr(os, "geteuid", lambda: 0 if root else 1000)
    assert machine_needs.installing(["iproute2", "uidmap"]) == line


def test_rights_are_tried_although_another_command_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it at once: who installs nft must not be told of the rights afterwards."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(machine_needs, "missing_commands", lambda: {"nft": "nftables"})
    monkeypatch.setattr(machine_needs, "_tried", lambda: "Operation not permitted")
    found = machine_needs.lacking()
    assert any("nft is not installed" in each for each in found)
    assert any("The kernel refuses: Operation not permitted" in each for each in found)


@pytest.mark.parametrize(
    ("version", "toolchain", "reason"),
    [
        ("go1.26.8", "local", ""),
        ("go1.26.8", "auto", ""),
        ("go1.22.1", "auto", ""),
        ("go1.22.1", "local", "is go1.22.1"),
        ("go1.22.1", "local+auto", ""),
        ("go1.22.1", "go1.22.1+auto", ""),
        ("go1.22.1", "go1.22.1", "is go1.22.1"),
        ("go1.22.1", "path", "is go1.22.1"),
        ("go1.19.8", "", "is go1.19.8"),
        ("go1.9", "local", "is go1.9"),
    ],
)
def test_a_go_is_new_enough_or_fetches_one_that_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, version: str, toolchain: str, reason: str
) -> None:
    command = tmp_path / "go"
    command.write_text(f"#!/bin/sh\nprintf '%s\\n' '{version}' '{toolchain}'\n")
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert go.lacking("1.26.0").endswith(reason)
    assert bool(go.lacking("1.26.0")) == bool(reason)


def test_it_runs_on_a_bare_python() -> None:
    """Before pip has installed anything: without site-packages."""
    call = [sys.executable, "-S", "-m", "local.needs", "try"]
    done = subprocess.run(call, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode in (0, needs.LACKING)
    assert "Traceback" not in done.stderr


class Made:
    """`make` with a Python that notes its calls and ends with a status for what is needed."""

    def __init__(self, folder: Path, status: int) -> None:
        self.folder, self.calls = folder, folder / "calls"
        self.python = folder / "python"
        text = f'#!/bin/sh\necho "$@" >> {self.calls}\ncase "$*" in *local.needs*) exit {status};; esac\n'
        self.python.write_text(text)
        self.python.chmod(0o755)

    def run(self, target: str, *more: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        kept = {name: value for name, value in make.environment().items() if name != "CI"}
        call = ["make", target, f"PYTHON={self.python}", f"VENV={self.folder / 'venv'}", *more]
        return subprocess.run(call, cwd=ROOT, env={**kept, **environment}, capture_output=True, text=True)

    def called(self) -> list[str]:
        return [line for line in self.calls.read_text().splitlines() if not line.startswith("-c")]


@pytest.mark.parametrize("target", ["try", "benchmark-mesh", "benchmark-signing", "benchmark-sidecar"])
def test_make_ends_before_anything_is_installed(tmp_path: Path, target: str) -> None:
    made = Made(tmp_path, needs.LACKING)
    assert made.run(target).returncode == 2
    assert made.called() == [f"-m local.needs {target}"]


@pytest.mark.parametrize(("environment", "status"), [({}, 0), ({"CI": "true"}, 2)])
def test_the_mesh_tier_is_skipped_before_anything_is_installed_and_fails_in_ci(
    tmp_path: Path, environment: dict[str, Any], status: int
) -> None:
    made = Made(tmp_path, needs.LACKING)
    done = made.run("test-mesh", **environment)
    assert done.returncode == status
    assert ("make test-mesh is skipped." in done.stdout) == (status == 0)
    assert made.called() == ["-m local.needs test-mesh"]


def test_a_fault_of_the_check_is_no_reason_to_skip(tmp_path: Path) -> None:
    done = Made(tmp_path, 1).run("test-mesh")
    assert done.returncode == 2
    assert "skipped" not in done.stdout


def test_with_other_targets_beside_it_each_is_checked_as_itself(tmp_path: Path) -> None:
    made = Made(tmp_path, needs.LACKING)
    made.run("test-mesh", "try")
    assert made.called() == ["-m local.needs test-mesh", "-m local.needs try"]


def test_the_python_of_the_virtual_environment_asks_where_there_is_one(tmp_path: Path) -> None:
    """Whoever has set PYTHON once need not do it again."""
    made = Made(tmp_path, needs.LACKING)
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    made.python.rename(tmp_path / "venv" / "bin" / "python")
    made.run("try")
    assert made.called() == ["-m local.needs try"]


@pytest.mark.parametrize("more", [(), ("NEEDS=unchecked",)])
def test_make_goes_on_where_nothing_is_missing_or_nobody_asks(tmp_path: Path, more: tuple[str, ...]) -> None:
    made = Made(tmp_path, needs.LACKING if more else 0)
    made.run("try", *more)
    assert any(line.startswith("-m venv") for line in made.called())
