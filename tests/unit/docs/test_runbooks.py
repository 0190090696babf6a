"""The runbooks, run: every step is accepted when its wait is over, refused before, and undone by its way back."""

import datetime
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components import trust
from components.stack import reading
from ops.__main__ import cli
from tests.support import stack_files
from tests.support.stack_files import ROOT
from tests.support.unit import runbooks
from tests.support.unit.harness import OWNED
from tests.support.unit.runbook_operator import Operator
from tests.support.unit.runbooks import Runbook

HOUR = datetime.timedelta(hours=1)
MINUTE = datetime.timedelta(minutes=1)
EVERY = pytest.mark.parametrize("name", runbooks.NAMES)


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    """Of a stack that has been running for a while."""
    file = stack_files.copied("prod", tmp_path)
    text = file.read_text()
    for placeholder, value in OWNED.items():
        text = text.replace(placeholder, value)
    file.write_text(text)
    made = Operator(file, datetime.datetime(2027, 9, 1, 9, tzinfo=datetime.UTC))
    made.last = trust.recorded(None, made.plan(), made.now - 300 * 24 * HOUR)
    return made


def test_there_are_five() -> None:
    assert runbooks.NAMES == ["expired-ca", "expired-root", "leaked-key", "rotate-intermediate", "rotate-root"]


@EVERY
def test_every_step_says_what_to_do_how_to_check_it_and_how_to_go_back(name: str) -> None:
    for step in runbooks.read(name).steps:
        assert list(step.parts) == ["Do", "Check", "Back"], step.title
        assert step.parts["Do"], step.title
        assert step.parts["Check"], step.title


@EVERY
def test_every_command_is_a_whole_line_of_shell(name: str) -> None:
    for command in runbooks.read(name).commands:
        checked = subprocess.run(["bash", "-n", "-c", command.text], capture_output=True, text=True)
        assert checked.returncode == 0, checked.stderr


@EVERY
def test_what_needs_the_cluster_says_so(name: str) -> None:
    """The runbook says what the mark means, and no other line calls what it stands for."""
    book = runbooks.read(name)
    assert "end with `# cluster` need the stack and its cluster" in " ".join(book.text.split())
    for command in book.commands:
        asks = re.search(r"\bkubectl\b|make up|--live|stack output", command.line)
        assert bool(asks) == command.needs_cluster, command.text


@EVERY
def test_every_make_target_and_option_is_there(name: str) -> None:
    rules = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for command in runbooks.read(name).commands:
        words = shlex.split(command.line.replace("|", " | "))
        if words[0] == "make":
            assert words[1] in rules
        if "-m" in words and "ops" in words:
            options = {word for word in words if word.startswith("--")}
            assert options <= {option for each in offered() for option in each}, command.text


def offered() -> Iterator[tuple[str, ...]]:
    """Options of ``ops certificates``."""
    from typer.main import get_command

    command: Any = get_command(cli)
    for parameter in command.commands["certificates"].params:
        yield tuple(parameter.opts)


@EVERY
def test_its_variables_are_used_and_its_files_are_nobody_elses(name: str) -> None:
    book = runbooks.read(name)
    [exported] = [each.line for each in book.setup if "STACK=" in each.line]
    for variable in re.findall(r"([A-Z]+)=", exported):
        assert f"${variable}" in book.text, variable
    assert "/tmp/" not in book.text


@EVERY
def test_it_begins_with_a_look_that_stops_nobody(name: str) -> None:
    """The command fails when something is due: who comes here comes because something is."""
    looks = [each.line for each in runbooks.read(name).setup if "ops certificates" in each.line]
    assert [look.endswith("|| true") for look in looks] == [True]


def walked(operator: Operator, book: Runbook) -> Iterator[list[runbooks.Step]]:
    """The steps up to each `up`, their waits over and their commands typed; after it, what is to be checked."""
    operator.type(book.setup)
    yield from stepped(operator, book)


def stepped(operator: Operator, book: Runbook) -> Iterator[list[runbooks.Step]]:
    for steps in book.ups:
        operator.now += sum(step.hours for step in steps) * HOUR
        done(operator, steps)
        yield steps
        for step in steps:
            operator.type(step.parts["Check"])


def done(operator: Operator, steps: list[runbooks.Step]) -> None:
    for step in steps:
        operator.type(step.parts["Do"])


@EVERY
def test_every_step_is_free_after_its_wait_and_not_before(operator: Operator, name: str) -> None:
    book = runbooks.read(name)
    operator.type(book.setup)
    for steps in book.ups:
        hours, written = sum(step.hours for step in steps), operator.file.read_text()
        if hours:
            operator.now += hours * HOUR - MINUTE
            done(operator, steps)
            assert operator.refused() != [], f"{steps[0].title} waits longer than it has to"
            operator.file.write_text(written)
            operator.now += MINUTE
        done(operator, steps)
        operator.up()


@EVERY
def test_the_way_back_is_free_and_leads_back(operator: Operator, name: str) -> None:
    book = runbooks.read(name)
    for steps in walked(operator, book):
        before, back = operator.last, steps[-1].parts["Back"]
        operator.up()
        assert operator.last
        assert before
        if back:
            written, after = operator.file.read_text(), operator.last
            operator.type(back)
            operator.up()
            assert operator.last["root"]["signing"] == before["root"]["signing"]
            assert operator.last["intermediate"]["signing"] == before["intermediate"]["signing"]
            assert trust.numbers(operator.last) == trust.numbers(before)
            operator.file.write_text(written)
            operator.last = after


BOTH_KINDS = ("leaked-key", "expired-root")


@EVERY
def test_in_the_end_only_the_new_is_left(operator: Operator, name: str) -> None:
    for _ in walked(operator, runbooks.read(name)):
        operator.up()
    assert operator.last
    kinds = ["root", "intermediate"] if name in BOTH_KINDS else ["root" if name == "rotate-root" else "intermediate"]
    for kind in kinds:
        assert [each["number"] for each in operator.last[kind]["generations"]] == [2]


@pytest.mark.parametrize("name", BOTH_KINDS)
def test_nothing_is_dropped_before_the_restart_is_over(name: str) -> None:
    """A restart returns at once, old pods serve on for minutes, and the program believes what it is told."""
    [*_, restart, drop] = runbooks.read(name).steps
    assert not restart.ends_in_up
    lines = [command.line for command in restart.parts["Do"]]
    restarted = [re.sub("restart", "status", line) for line in lines if "rollout restart" in line]
    assert len(restarted) == 2
    waited = [line.replace(" --timeout=30m", "") for line in lines if "rollout status" in line]
    assert waited == restarted, "what is restarted is waited for"
    assert all("--timeout=" in line for line in lines if "rollout status" in line)
    assert not any("rollout" in command.line for command in drop.parts["Do"])


@pytest.mark.parametrize("name", BOTH_KINDS)
@pytest.mark.parametrize(
    ("pods", "status", "told"),
    [
        ("2027-09-01T10:00:00Z shop/new\n2027-09-01T10:30:00Z shop/newer\n", 0, ""),
        ("2027-09-01T10:00:00Z shop/new\n2027-09-01T09:59:59Z shop/old\n", 1, "shop/old is from before\n"),
        ("", 1, ""),
    ],
)
def test_the_check_after_a_restart_fails_while_there_is_an_old_pod(
    tmp_path: Path, name: str, pods: str, status: int, told: str
) -> None:
    """kubectl prints what it would; the rest of the line is real."""
    [*_, restart, _] = runbooks.read(name).steps
    [check] = restart.parts["Check"]
    kubectl = tmp_path / "kubectl"
    kubectl.write_text(f"#!/bin/sh\nprintf '{pods}'\n")
    kubectl.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "RESTARTED": "2027-09-01T10:00:00Z"}
    ran = subprocess.run(["bash", "-c", check.line], env=environment, capture_output=True, text=True)
    assert (ran.returncode, ran.stdout) == (status, told)


def test_a_step_out_of_order_would_be_seen(operator: Operator) -> None:
    """Control: the steps of a rotation the other way round."""
    book = runbooks.read("rotate-root")
    operator.type([*book.setup, *book.steps[0].parts["Do"], *book.steps[1].parts["Do"]])
    assert operator.refused() != []


def test_an_intermediate_that_has_ended_is_repaired_by_the_same_commands(operator: Operator) -> None:
    operator.now = datetime.datetime(2028, 1, 1, tzinfo=datetime.UTC)
    assert any(" expired on " in told for told in trust.warnings(operator.plan(), operator.now.date()))
    for _ in walked(operator, runbooks.read("expired-ca")):
        operator.up()
    assert trust.warnings(operator.plan(), operator.now.date()) == []


@pytest.fixture
def late(operator: Operator) -> Operator:
    """Of a stack whose root has ended, and with it the tenth intermediate below it."""
    key = "istio-eks:mesh.certificates.intermediate"
    operator.write(f"{key}.generations[0].number", 10)
    operator.write(f"{key}.generations[0].issued", "2035-10-01")
    operator.write(f"{key}.signing", 10)
    operator.now = datetime.datetime(2037, 1, 5, 12, tzinfo=datetime.UTC)
    operator.last = trust.recorded(None, operator.plan(), operator.now - 400 * 24 * HOUR)
    return operator


def test_a_root_that_has_ended_is_repaired_by_its_own_commands(late: Operator) -> None:
    ended = [told for told in trust.warnings(late.plan(), late.now.date()) if " expired on " in told]
    assert len(ended) == 2
    book = runbooks.read("expired-root")
    late.type(book.setup)
    late.variables["NEW"] = "11"
    for _ in stepped(late, book):
        late.up()
    assert trust.warnings(late.plan(), late.now.date()) == []


def test_a_root_that_has_ended_is_not_repaired_by_another_intermediate(late: Operator) -> None:
    book = runbooks.read("expired-ca")
    late.type(book.setup)
    late.variables["NEW"] = "11"
    late.type(book.steps[0].parts["Do"])
    with pytest.raises(reading.SettingsError, match="no chain would verify"):
        late.settings()
