"""The runbooks as something to run: steps, waits and commands, read from their Markdown."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.stack_files import ROOT

FOLDER = ROOT / "docs" / "runbooks"
NAMES = sorted(path.stem for path in FOLDER.glob("*.md"))
# What a command line ends with when it needs the stack's backend and its cluster.
CLUSTER = "  # cluster"

_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_PART = re.compile(r"^(Do|Check|Back)\b", re.MULTILINE)
_WAIT = re.compile(r"^Wait: (\d+) h after step \d+", re.MULTILINE)


@dataclass(frozen=True)
class Command:
    """One line of a block."""

    text: str

    @property
    def needs_cluster(self) -> bool:
        return self.text.endswith(CLUSTER)

    @property
    def line(self) -> str:
        return self.text.removesuffix(CLUSTER)


@dataclass(frozen=True)
class Step:
    """A numbered section. hours: how long to wait after the step before it."""

    title: str
    hours: int
    parts: dict[str, list[Command]]

    @property
    def ends_in_up(self) -> bool:
        """Whether its commands change the stack."""
        return any(command.line.startswith("make up") for command in self.parts["Do"])


@dataclass(frozen=True)
class Runbook:
    """setup: what every step relies on."""

    name: str
    text: str
    setup: list[Command]
    steps: list[Step]

    @property
    def commands(self) -> list[Command]:
        return [*self.setup, *(each for step in self.steps for part in step.parts.values() for each in part)]

    @property
    def ups(self) -> Iterator[list[Step]]:
        """The steps by the `up` that they end in."""
        steps: list[Step] = []
        for step in self.steps:
            steps.append(step)
            if step.ends_in_up:
                yield steps
                steps = []
        assert not steps


def read(name: str, folder: Path = FOLDER) -> Runbook:
    text = (folder / f"{name}.md").read_text()
    head, *sections = re.split(r"^## (?=\d)", text, flags=re.MULTILINE)
    return Runbook(name=name, text=text, setup=list(_commands(head)), steps=[_step(each) for each in sections])


def _step(section: str) -> Step:
    title, _, body = section.partition("\n")
    wait = _WAIT.search(body)
    places = [*_PART.finditer(body)]
    ends = [*(place.start() for place in places[1:]), len(body)]
    parts = {place[1]: list(_commands(body[place.start() : end])) for place, end in zip(places, ends, strict=True)}
    return Step(title=title, hours=int(wait[1]) if wait else 0, parts=parts)


def _commands(text: str) -> Iterator[Command]:
    for block in _BLOCK.findall(text):
        yield from (Command(line) for line in block.splitlines() if line.strip())
