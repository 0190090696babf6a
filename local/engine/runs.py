"""What the engine did in one run, or would do: its steps, its text, its failure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from pulumi.automation.events import EngineEvent, OpType


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing the engine did, or would do in a preview. changed: the inputs that differ, by path."""

    op: str
    urn: str
    changed: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return the logical name of the resource."""
        return self.urn.rpartition("::")[2]

    @property
    def type(self) -> str:
        """Return the type token, without the types of the parents."""
        return self.urn.split("::")[2].rpartition("$")[2]


@dataclass
class Run:
    """What came of one ``up``, ``preview`` or ``destroy``: its steps in order, and its text for a person."""

    steps: list[Step] = field(default_factory=list)
    text: str = ""

    def changes(self) -> list[Step]:
        """Return all steps that change something."""
        return [step for step in self.steps if step.op not in (OpType.SAME.value, OpType.READ.value)]

    def of(self, *ops: str) -> list[Step]:
        """Return the steps of some kinds: create, update, replace, delete."""
        return [step for step in self.steps if step.op in ops]


Watch = Callable[[Step], object]


def unwatched(step: Step) -> None:
    """Ignore the step."""


class RunFailedError(Exception):
    """The engine ended with an error; ``run`` is what it did until then."""

    def __init__(self, run: Run) -> None:
        super().__init__(run.text)
        self.run = run


def begun(event: EngineEvent) -> Iterator[Step]:
    """Yield the step that has begun, if the event reports one."""
    told = event.resource_pre_event
    if told is not None:
        metadata = told.metadata
        yield Step(op=str(OpType(metadata.op).value), urn=metadata.urn, changed=tuple(metadata.diffs or ()))
