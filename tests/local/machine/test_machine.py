"""What can be said of a machine without the rights to make one."""

import os
import sys
from pathlib import Path

import pytest

from local.machine import machine, needs, place
from tests.support.mesh import rights


@pytest.fixture
def no_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(place.SCRATCH, raising=False)


@pytest.mark.parametrize(
    "arguments", [[], ["--"], ["true"], ["--port", "high", "--", "true"], ["--what", "--", "true"]]
)
def test_what_is_no_command_is_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        machine.main(arguments)
    assert ended.value.code == 2


def test_what_is_lacking_is_printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert machine.main(["--", "true"]) == 1
    assert capsys.readouterr().err.splitlines()[1:] == ["  Linux is needed: this is darwin."]


def test_a_missing_command_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(needs, "search_path", lambda: "/nowhere")
    assert "The command ip is not installed: it comes with the package iproute2." in needs.lacking()


def test_only_who_is_not_root_needs_a_map(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needs, "search_path", lambda: "/nowhere")
    named = {}
    for uid in (0, 1000):
        monkeypatch.setattr(os, "geteuid", lambda uid=uid: uid)
        named[uid] = any("newuidmap" in each for each in needs.lacking())
    assert named == {0: False, 1000: True}


@pytest.mark.parametrize(("line", "told"), [("ann:100000:65536", False), ("annabel:100000:65536", True), ("", True)])
def test_a_user_without_uids_to_map_is_told_how_to_get_some(
    line: str, told: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(needs, "_tried", lambda: "no")
    monkeypatch.setattr(needs, "FORBIDDING", {})
    (tmp_path / "subuid").write_text(f"bob:1:65536\n{line}\n")
    monkeypatch.setattr(needs, "SUBORDINATE", [tmp_path / "subuid"])
    assert any("usermod" in each for each in needs._hints("ann")) is told


@pytest.mark.usefixtures("no_machine")
def test_outside_there_is_no_scratch_and_no_fresh_network() -> None:
    assert not machine.inside()
    for inside_only in (machine.scratch, machine.fresh_network):
        with pytest.raises(RuntimeError, match="Only inside a machine"):
            inside_only()


def test_a_variable_alone_is_no_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(place.SCRATCH, str(tmp_path))
    assert not machine.inside()


@pytest.fixture
def places(tmp_path: Path) -> list[Path]:
    made = [tmp_path / name for name in ("srv", "media", "mnt")]
    for each in made[:2]:
        each.mkdir()
    return made


def test_the_scratch_directory_hides_nothing_needed(places: list[Path]) -> None:
    srv, media, missing = places
    free = place.free_place
    assert free([], [], places) == srv
    assert free([srv / "home" / "ann"], [], places) == media
    assert free([srv], [], places) == media
    assert free([], [srv], places) == media
    assert free([media], [srv / "disk"], places) is None
    assert free([], [], [missing]) is None


def test_an_empty_directory_is_hidden_first(places: list[Path]) -> None:
    (places[0] / "site").mkdir()
    assert place.free_place([], [], places) == places[1]


FILE = "test_traffic.py"
OF_THE_MACHINE = rights.OUTSIDE[0]


@pytest.fixture
def possible(monkeypatch: pytest.MonkeyPatch, no_machine: None) -> None:
    monkeypatch.setattr(rights, "_missing", list)


@pytest.mark.parametrize(("ci", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
@pytest.mark.usefixtures("possible")
def test_the_mesh_outside_of_a_machine_is_skipped_and_fails_in_ci(
    ci: str, outcome: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", ci)
    assert _refused(FILE, "make test-mesh") is outcome
    rights.needed(OF_THE_MACHINE)


@pytest.mark.parametrize(("ci", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
@pytest.mark.parametrize("file", [FILE, OF_THE_MACHINE])
def test_what_is_lacking_is_the_reason(
    ci: str, outcome: type[BaseException], file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(rights, "_missing", lambda: ["The command ip is not installed."])
    assert _refused(file, "ip is not installed") is outcome


def _refused(file: str, reason: str) -> type[BaseException]:
    # Either is caught: a skip that is not expected would skip the test that finds it.
    with pytest.raises((pytest.skip.Exception, pytest.fail.Exception), match=reason) as refused:
        rights.needed(file)
    return refused.type
