"""One stack of one project on the engine: its settings, its runs, its outputs and its state."""

import datetime
import os
import runpy
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from pulumi import automation
from pulumi.automation.events import EngineEvent

from components.charts.values import merge, without_nones
from components.stack import stack_config
from local.engine.runs import Run, RunFailedError, Watch, begun, unwatched
from local.tools import tools

# Encrypts the state of one run, which ends with it.
PASSPHRASE = "thrown away"


class Session:
    """One stack of one project. ``today`` is the program's clock.

    folder: backend and copies of projects. source: the project's folder.
    """

    def __init__(
        self, folder: Path, stack: str, environment: Mapping[str, str], today: datetime.date, source: Path = tools.ROOT
    ) -> None:
        self.stack = stack
        self.today = today
        self.source = source
        self.name = str(yaml.safe_load((source / "Pulumi.yaml").read_text())["name"])
        self.folder = folder
        self.backend = folder / "backend"
        self.project = folder / self.name
        self._environment = {
            **environment,
            "PULUMI_BACKEND_URL": f"file://{self.backend}",
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PATH": f"{tools.BIN}{os.pathsep}{os.environ['PATH']}",
        }
        self._engine: automation.Stack | None = None
        self._outputs: dict[str, Any] | None = None

    @property
    def file(self) -> Path:
        """Return the path of the copied stack file."""
        return self.project / f"Pulumi.{self.stack}.yaml"

    def change(self, settings: Mapping[str, Any]) -> None:
        """Merge settings over those of the file; None removes a key. Settings of others are given by full key."""
        written = yaml.safe_load(self.file.read_text())
        ours = {key if ":" in key else f"{self.name}:{key}": value for key, value in settings.items()}
        written["config"] = without_nones(merge(written["config"], ours))
        self.file.write_text(yaml.safe_dump(written))

    def up(self, watch: Watch = unwatched) -> Run:
        """Run `pulumi up`. Raises RunFailedError. watch: called with every step as it begins."""
        return self._run("up", watch)

    def preview(self) -> Run:
        """Run `pulumi preview`. Raises RunFailedError."""
        return self._run("preview")

    def destroy(self) -> Run:
        """Run `pulumi destroy --skip-preview`, as the Automation API does it. Raises RunFailedError."""
        return self._run("destroy")

    def outputs(self) -> dict[str, Any]:
        """Return the stack's outputs, decrypted."""
        # Half a second of the CLI each time, and only a run changes them.
        if self._outputs is None:
            self._outputs = {key: output.value for key, output in self._selected().outputs().items()}
        return dict(self._outputs)

    def state(self) -> dict[str, Any]:
        """Return the state, decrypted; for its contents, not for secrets."""
        return dict(self._selected().export_stack().deployment or {})

    def cli(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run the CLI itself, for what the Automation API does otherwise."""
        self._outputs = None
        return subprocess.run(
            [str(tools.path("pulumi")), *arguments, "--stack", self.stack, "--non-interactive"],
            cwd=self.project,
            env={**os.environ, **self._environment},
            capture_output=True,
            text=True,
            timeout=300,
        )

    def files(self) -> Iterator[Path]:
        """Yield every file that the backend keeps: stacks, history, backups."""
        return (path for path in self.backend.rglob("*") if path.is_file())

    def _run(self, operation: str, watch: Watch = unwatched) -> Run:
        run = Run()
        lines: list[str] = []
        act = getattr(self._selected(), operation)

        def note(event: EngineEvent) -> None:
            for step in begun(event):
                run.steps.append(step)
                watch(step)

        try:
            act(on_output=lines.append, on_event=note, color="never")
        except automation.errors.CommandError as error:
            run.text = "\n".join(lines) or str(error)
            raise RunFailedError(run) from None
        finally:
            # Whoever asked meanwhile was told those before.
            self._outputs = None
        run.text = "\n".join(lines)
        return run

    def _selected(self) -> automation.Stack:
        if self._engine is None:
            self._engine = automation.create_or_select_stack(
                self.stack,
                project_name=self.name,
                program=self._program,
                work_dir=str(self.project),
                opts=automation.LocalWorkspaceOptions(
                    work_dir=str(self.project),
                    pulumi_home=self._environment["PULUMI_HOME"],
                    env_vars=self._environment,
                    pulumi_command=automation.PulumiCommand(str(tools.BIN.parent), skip_version_check=True),
                ),
            )
        return self._engine

    def _program(self) -> None:
        stack_config.TODAY.set(self.today)
        if str(self.source) not in sys.path:
            sys.path.insert(0, str(self.source))
        runpy.run_path(str(self.source / "__main__.py"), run_name="__main__")
