"""Somebody who follows a runbook without a cluster: what its commands make of the stack file, day by day."""

import datetime
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from typer.testing import CliRunner

from components import trust
from components.settings import Mesh
from components.stack import reading
from ops.__main__ import cli
from ops.offline import stack_file
from tests.support.unit.runbooks import Command


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
        line = self.dated(line)
        return re.sub(r"\$([A-Z]+)", lambda found: self.variables[found[1]], line)

    def dated(self, line: str) -> str:
        """A line with this day and moment in the place of the clock's."""
        line = line.replace("$(date -u +%F)", str(self.now.date()))
        return line.replace("$(date -u +%FT%TZ)", f"{self.now:%Y-%m-%dT%H:%M:%SZ}")

    def run(self, words: list[str]) -> None:
        match words:
            case ["export", *pairs]:
                self.variables |= dict(pair.split("=", 1) for pair in pairs)
            case ["pulumi", "config", "set", "--stack", _, "--path", path, value]:
                self.write(path, int(value) if value.isdigit() else value)
            case ["pulumi", "config", "rm", "--stack", _, "--path", path]:
                self.write(path, None)
            case [".venv/bin/python", "-m", "ops", *arguments, "||", "true"]:
                assert self.ops(arguments) in (0, 1)
            case [".venv/bin/python", "-m", "ops", *arguments]:
                assert self.ops(arguments) == 0
            case ["make", "preview", "STACK=prod"]:
                self.settings()
            case _:
                raise AssertionError(f"nobody knows what this does without a cluster: {words}")

    def ops(self, arguments: list[str]) -> int:
        """Exit status on this day, without a backend."""
        done = CliRunner().invoke(cli, [*arguments, "--config", str(self.file), "--today", str(self.now.date())])
        assert "Phase:" in done.output
        return done.exit_code

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
        loaded = reading.load(file.values, stack="prod", today=self.now.date(), secret_keys=file.secrets)
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
