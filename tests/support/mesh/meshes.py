"""A stack that runs, for tests to look at, to visit and to change for a while."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from components.settings import clock
from local.machine import machine
from local.nlb.browser import Answer
from local.nlb.visitor import Visitor
from local.processes import poll
from local.tools import pinned, tools
from local.world import mesh
from local.world.mesh import Mesh
from tests.support import needs
from tests.support.mesh.settled import settled

# The logs of a world whose tests failed are copied here; everything else of it vanishes.
LOGS = tools.ROOT / ".tools" / "logs"
SOON = 30.0


@contextmanager
def up(stack: str, settings: Mapping[str, Any] | None = None) -> Iterator[Mesh]:
    """A committed stack, brought up; with other settings, merged over its own."""
    for name in ("pulumi", *pinned.MESH):
        needs.tool(name)
    needs.istio_charts()
    folder = Path(tempfile.mkdtemp(prefix=f"mesh-{stack}-", dir=machine.scratch()))
    try:
        with mesh.mesh(stack, folder, today=clock.now().date()) as made:
            made.world.session.change(settings or {})
            made.world.session.up()
            settled(made)
            yield made
    except BaseException:
        keep_logs(stack, folder)
        raise


def keep_logs(stack: str, folder: Path) -> Path:
    """Copy the logs of a world out of the machine, over those of the time before."""
    kept = LOGS / stack
    shutil.rmtree(kept, ignore_errors=True)
    for log in _logs(folder):
        target = kept / log.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(log, target)
    return kept


def _logs(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        # A mount is what a pod sees as its root, with everything of this computer.
        folders[:] = [name for name in folders if not os.path.ismount(Path(place, name))]
        yield from (Path(place, name) for name in files if name.endswith(".log"))


@contextmanager
def changed(made: Mesh, settings: Mapping[str, Any]) -> Iterator[None]:
    """The stack with other settings, merged over its own, while the block runs; then as it was."""
    session = made.world.session
    before = session.file.read_text()
    session.change(settings)
    try:
        session.up()
        settled(made)
        yield
    finally:
        session.file.write_text(before)
        session.up()
        settled(made)


def visit(made: Mesh, visitor: Visitor, url: str, **asked: Any) -> Answer:
    """What a visitor of the public gateway is answered, once its NLB has a healthy target."""
    at = made.address("public")
    answers: list[Answer] = []

    def answered() -> bool:
        try:
            answers.append(visitor.ask(url, at=at, **asked))
        except OSError:
            return False
        return True

    assert poll(answered, within=SOON), f"nobody answers {url} at {at}"
    return answers[-1]


def eventually(check: Any, *, within: float = SOON) -> None:
    """Wait until ``check`` no longer raises AssertionError; the last one is raised. For what takes a moment."""
    failed: list[AssertionError] = []

    def holds() -> bool:
        try:
            check()
        except AssertionError as error:
            failed[:] = [error]
            return False
        return True

    if not poll(holds, within=within, every=0.2):
        raise failed[0]
