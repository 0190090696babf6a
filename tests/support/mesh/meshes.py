"""A stack that runs, for tests to look at, to visit and to change for a while."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from local.nlb.browser import Answer
from local.nlb.visitor import Visitor
from local.processes import poll
from local.tools import pinned
from local.world import running
from local.world.mesh import Mesh
from local.world.settled import settled
from tests.support import needs

SOON = 30.0


def needed() -> None:
    """Skip, or fail in CI, where the programs of a stack are not there and cannot be built."""
    for name in ("pulumi", *pinned.MESH):
        needs.tool(name)
    needs.istio_charts()


@contextmanager
def up(stack: str) -> Iterator[Mesh]:
    """A committed stack, brought up."""
    needed()
    with running.up(stack) as made:
        yield made


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
