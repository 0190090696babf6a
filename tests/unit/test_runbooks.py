"""The runbooks, run: every step is accepted when its wait is over, refused before, and undone by its way back."""

import datetime
import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from design import settings_reader, trust
from design.settings import Mesh
from ops import stack_file
from ops.__main__ import cli
from tests.unit import runbooks
from tests.unit.harness import OWNED, ROOT
from tests.unit.runbooks import Command, Runbook

HOUR = datetime.timedelta(hours=1)
KEY = "istio-eks:"
EVERY = pytest.mark.parametrize("name", runbooks.NAMES)


@dataclass
class Operator:
    """Somebody who types a runbook's commands into a copy of the stack file; what needs the cluster is left out."""

    file: Path
    now: datetime.datetime
    variables: dict[str, str] = field(default_factory=dict)
    last: dict[str, Any] | None = None

    def type(self, commands: list[Command]) -> None:
        for command in commands:
            if not command.needs_cluster:
                self.run(shlex.split(self.expanded(command.line)))

    def expanded(self, line: str) -> str:
        line = line.replace("$(date +%F)", str(self.now.date()))
        line = line.replace("$(date -u +%FT%TZ)", f"{self.now:%Y-%m-%dT%H:%M:%SZ}")
        return re.sub(r"\$([A-Z]+)", lambda found: self.variables[found[1]], line)

    def run(self, words: list[str]) -> None:
        match words:
            case ["export", *pairs]:
                self.variables |= dict(pair.split("=", 1) for pair in pairs)
            case ["pulumi", "config", "set", "--stack", _, "--path", path, value]:
                self.write(path, int(value) if value.isdigit() else value)
            case ["pulumi", "config", "rm", "--stack", _, "--path", path]:
                self.write(path, None)
            case [".venv/bin/python", "-m", "ops", *arguments]:
                arguments = arguments[: arguments.index("||")] if "||" in arguments else arguments
                done = CliRunner().invoke(cli, [*arguments, "--config", str(self.file)])
                assert done.exit_code in (0, 1), done.output
                assert "Phase:" in done.output
            case ["make", "preview", "STACK=prod"]:
                self.settings()
            case _:
                raise AssertionError(f"nobody knows what this does without a cluster: {words}")

    def write(self, path: str, value: int | str | None) -> None:
        """As `pulumi config` does it; tests/engine holds this against the CLI."""
        config = yaml.safe_load(self.file.read_text())
        name, *keys = re.findall(r"[^.\[\]]+", path)
        at: Any = config["config"][name]
        *way, last = [int(key) if key.isdigit() else key for key in keys]
        for key in way:
            if isinstance(at, list) and key == len(at):
                at.append({})
            at = at[key]
        if value is None:
            del at[last]
        else:
            at[last] = value
        self.file.write_text(yaml.safe_dump(config))

    def settings(self) -> Mesh:
        file = stack_file.read(self.file)
        loaded = settings_reader.load(file.values, stack="prod", today=self.now.date(), secret_keys=file.secrets)
        assert not loaded.placeholders
        return loaded.settings.mesh

    def refused(self) -> list[str]:
        """What `make up` says of the certificates."""
        return [str(problem) for problem in trust.skipped(self.last, self.plan(), self.now)]

    def up(self) -> None:
        assert self.refused() == []
        self.last = trust.recorded(self.last, self.plan(), self.now)

    def plan(self) -> trust.TrustPlan:
        mesh = self.settings()
        return trust.plan(mesh.certificates, mesh.trust_domain)


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    """Of a stack that has been running for a while."""
    text = (ROOT / "Pulumi.prod.yaml").read_text()
    for placeholder, value in OWNED.items():
        text = text.replace(placeholder, value)
    file = tmp_path / "Pulumi.prod.yaml"
    file.write_text(text)
    made = Operator(file, datetime.datetime(2027, 9, 1, 9, tzinfo=datetime.UTC))
    made.last = trust.recorded(None, made.plan(), made.now - 300 * 24 * HOUR)
    return made


def test_there_are_four() -> None:
    assert runbooks.NAMES == ["expired-ca", "leaked-key", "rotate-intermediate", "rotate-root"]


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


def walked(operator: Operator, book: Runbook) -> Iterator[runbooks.Step]:
    """Each step, its wait over and its commands typed, before its `up`."""
    operator.type(book.setup)
    for step in book.steps:
        operator.now += step.hours * HOUR
        operator.type(step.parts["Do"])
        yield step


@EVERY
def test_every_step_is_free_after_its_wait_and_not_before(operator: Operator, name: str) -> None:
    for step in walked(operator, runbooks.read(name)):
        if step.hours:
            operator.now -= datetime.timedelta(minutes=1)
            assert operator.refused() != [], f"{step.title} waits longer than it has to"
            operator.now += datetime.timedelta(minutes=1)
        operator.up()


@EVERY
def test_the_way_back_is_free_and_leads_back(operator: Operator, name: str) -> None:
    book = runbooks.read(name)
    for step in walked(operator, book):
        before = operator.last
        operator.up()
        assert operator.last
        assert before
        if step.parts["Back"]:
            written, done = operator.file.read_text(), operator.last
            operator.type(step.parts["Back"])
            operator.up()
            assert operator.last["root"]["signing"] == before["root"]["signing"]
            assert operator.last["intermediate"]["signing"] == before["intermediate"]["signing"]
            assert trust.numbers(operator.last) == trust.numbers(before)
            operator.file.write_text(written)
            operator.last = done


@EVERY
def test_in_the_end_only_the_new_is_left(operator: Operator, name: str) -> None:
    for _ in walked(operator, runbooks.read(name)):
        operator.up()
    assert operator.last
    kinds = {"rotate-root": ["root"], "leaked-key": ["root", "intermediate"]}.get(name, ["intermediate"])
    for kind in kinds:
        assert [each["number"] for each in operator.last[kind]["generations"]] == [2]


def test_a_step_out_of_order_would_be_seen(operator: Operator) -> None:
    """Control: the steps of a rotation the other way round."""
    book = runbooks.read("rotate-root")
    operator.type([*book.setup, *book.steps[0].parts["Do"], *book.steps[1].parts["Do"]])
    assert operator.refused() != []


def test_an_authority_that_has_ended_is_repaired_by_the_same_commands(operator: Operator) -> None:
    operator.now = datetime.datetime(2028, 1, 1, tzinfo=datetime.UTC)
    assert any(" ended on " in told for told in trust.warnings(operator.plan(), operator.now.date()))
    for _ in walked(operator, runbooks.read("expired-ca")):
        operator.up()
    assert trust.warnings(operator.plan(), operator.now.date()) == []
