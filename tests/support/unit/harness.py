"""Committed stacks and single components, recorded as a first preview or an update sees them."""

import datetime
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from components.settings.context import Site
from ops.offline import document, monitor, recorder, stack_file
from tests.support import stack_files
from tests.support.days import TODAY
from tests.support.stack_files import ROOT
from tests.support.unit.answers import Answered
from tests.support.unit.recorded import Stack

REGION = "us-west-2"
ENVIRONMENT = "istio-eks-test"
TAGS = {"team": "platform"}


def site(*, protect: bool = False) -> Site:
    """Where components are built on their own."""
    return Site(environment=ENVIRONMENT, region=REGION, tags=TAGS, protect=protect)


def config(stack: str, changes: Mapping[str, str] | None = None) -> dict[str, str]:
    """Raw config of a committed stack but for its days, with some keys replaced by other raw text."""
    values = stack_file.read(stack_files.committed(stack)).values
    return {**{key: stack_files.dated(text) for key, text in values.items()}, **(changes or {})}


# What the owner of an account writes in the place of the placeholders.
OWNED = {"111122223333": "123456789012", "example.com": "acme.dev", "203.0.113.0/24": "8.8.8.0/24"}


def owned(stack: str) -> dict[str, str]:
    """Raw config of a committed stack without placeholders."""
    written = config(stack)
    for placeholder, value in OWNED.items():
        written = {key: text.replace(placeholder, value) for key, text in written.items()}
    return written


def preview(stack: str, changes: Mapping[str, str] | None = None, *, named: str = "") -> Stack:
    """The stack as a first preview sees it; ``named`` runs the settings of one stack under another name."""
    return Stack(document.build(recorder.record(ROOT, named or stack, config(stack, changes), today=TODAY)))


def update(
    stack: str,
    changes: Mapping[str, str] | None = None,
    *,
    last_outputs: Mapping[str, Any] | None = None,
    today: datetime.date = TODAY,
) -> Stack:
    """The stack as an update sees it: every provider answers."""
    answers = Answered(last_outputs)
    return Stack(document.build(recorder.record(ROOT, stack, config(stack, changes), today=today, answers=answers)))


def component(program: Callable[[], object], *, answers: monitor.Answers | None = None) -> Stack:
    """A component on its own; by default nothing is known yet."""

    def run() -> None:
        program()

    return Stack(
        document.build(recorder.record_program(run, "test", {"aws:region": REGION}, today=TODAY, answers=answers))
    )


def texts(value: Any) -> Iterable[str]:
    """Every string inside a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from texts(each)
