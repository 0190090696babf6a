"""The real Pulumi engine with a state in files, on a temporary copy of the project, against stand-in providers.

Real: the engine, its order, its state and its encryption, and the unchanged ``__main__.py`` (as the Automation API's
inline program; only the CLI's Python host is left out). What the providers answer is said by the stand-ins.
"""

import datetime
import os
import runpy
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pulumi import automation
from pulumi.automation.events import EngineEvent, OpType

from components.charts.values import merge, without_nones
from components.stack import stack_config
from local.providers.protocol import server
from local.providers.protocol.base import StandIn
from local.tools import tools

ROOT = Path(__file__).parents[2]
# Encrypts the state of one run, which ends with it.
PASSPHRASE = "thrown away"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing the engine did, or would do in a preview. changed: the inputs that differ, by path."""

    op: str
    urn: str
    changed: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Logical name of the resource."""
        return self.urn.rpartition("::")[2]

    @property
    def type(self) -> str:
        """Type token, without the types of the parents."""
        return self.urn.split("::")[2].rpartition("$")[2]


@dataclass
class Run:
    """What came of one ``up``, ``preview`` or ``destroy``: its steps in order, and its text for a person."""

    steps: list[Step] = field(default_factory=list)
    text: str = ""

    def changes(self) -> list[Step]:
        """Everything but what stays as it is."""
        return [step for step in self.steps if step.op not in (OpType.SAME.value, OpType.READ.value)]

    def of(self, *ops: str) -> list[Step]:
        """Steps of some kinds: create, update, replace, delete."""
        return [step for step in self.steps if step.op in ops]


Watch = Callable[[Step], object]


def _unwatched(step: Step) -> None:
    """Nobody looks on."""


class Failed(Exception):
    """The engine ended with an error; ``run`` is what it did until then."""

    def __init__(self, run: Run) -> None:
        super().__init__(run.text)
        self.run = run


class Session:
    """One stack of one project. ``today`` is the program's clock.

    folder: backend and copies of projects. source: the project's folder.
    """

    def __init__(
        self, folder: Path, stack: str, environment: Mapping[str, str], today: datetime.date, source: Path = ROOT
    ) -> None:
        self.stack = stack
        self.today = today
        self.source = source
        self.name = yaml.safe_load((source / "Pulumi.yaml").read_text())["name"]
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
        """The copied stack file."""
        return self.project / f"Pulumi.{self.stack}.yaml"

    def change(self, settings: Mapping[str, Any]) -> None:
        """Write other settings, merged over those of the file; None removes a key. Those of others by full key."""
        written = yaml.safe_load(self.file.read_text())
        ours = {key if ":" in key else f"{self.name}:{key}": value for key, value in settings.items()}
        written["config"] = without_nones(merge(written["config"], ours))
        self.file.write_text(yaml.safe_dump(written))

    def up(self, watch: Watch = _unwatched) -> Run:
        """`pulumi up`. Raises Failed. watch: told of every step as it begins."""
        return self._run("up", watch)

    def preview(self) -> Run:
        """`pulumi preview`. Raises Failed."""
        return self._run("preview")

    def destroy(self) -> Run:
        """`pulumi destroy --skip-preview`, as the Automation API does it. Raises Failed."""
        return self._run("destroy")

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs, decrypted."""
        # Half a second of the CLI each time, and only a run changes them.
        if self._outputs is None:
            self._outputs = {key: output.value for key, output in self._selected().outputs().items()}
        return dict(self._outputs)

    def state(self) -> dict[str, Any]:
        """The state, decrypted: for what stands in it, not for secrets."""
        return dict(self._selected().export_stack().deployment or {})

    def cli(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """The CLI itself, for what the Automation API does otherwise."""
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
        """Every file the backend keeps: stacks, history, backups."""
        return (path for path in self.backend.rglob("*") if path.is_file())

    def _run(self, operation: str, watch: Watch = _unwatched) -> Run:
        run = Run()
        lines: list[str] = []
        act = getattr(self._selected(), operation)

        def note(event: EngineEvent) -> None:
            for step in _begun(event):
                run.steps.append(step)
                watch(step)

        try:
            act(on_output=lines.append, on_event=note, color="never")
        except automation.errors.CommandError as error:
            run.text = "\n".join(lines) or str(error)
            raise Failed(run) from None
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


@contextmanager
def session(
    stack: str, stand_ins: Sequence[StandIn], *, today: datetime.date, owned: Mapping[str, str] | None = None
) -> Iterator[Session]:
    """A stack that does not exist yet, with the committed settings, in a folder that is removed afterwards.

    owned: texts to put in the place of the placeholders of the stack file.
    """
    with tempfile.TemporaryDirectory(prefix="istio-eks-engine-") as made, _served(stand_ins) as environment:
        opened = Session(Path(made), stack, environment, today)
        opened.backend.mkdir()
        _copy(opened, owned or {})
        yield opened


@contextmanager
def beside(other: Session, source: Path, stack: str, stand_ins: Sequence[StandIn]) -> Iterator[Session]:
    """A stack of another project in the same backend, as a team that reads the outputs of ``other`` has one.

    source: the project's folder, with a ``__main__.py``. Its state goes with that of ``other``.
    """
    with _served(stand_ins) as environment:
        opened = Session(other.folder, stack, environment, other.today, source)
        _copy(opened, {})
        yield opened


def _copy(opened: Session, owned: Mapping[str, str]) -> None:
    """What the engine writes to goes into a copy."""
    opened.project.mkdir(exist_ok=True)
    shutil.copyfile(opened.source / "Pulumi.yaml", opened.project / "Pulumi.yaml")
    text = (opened.source / opened.file.name).read_text()
    for placeholder, value in owned.items():
        text = text.replace(placeholder, value)
    opened.file.write_text(text)


@contextmanager
def _served(stand_ins: Sequence[StandIn]) -> Iterator[dict[str, str]]:
    with server.serve({stand_in.package: stand_in for stand_in in stand_ins}) as ports:
        yield server.environment(ports)


def _begun(event: EngineEvent) -> Iterator[Step]:
    told = event.resource_pre_event
    if told is not None:
        metadata = told.metadata
        yield Step(op=str(OpType(metadata.op).value), urn=metadata.urn, changed=tuple(metadata.diffs or ()))
