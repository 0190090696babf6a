"""The offline preview for a person: what would be built, whether it fits, what it costs, what to know before."""

import datetime
import io
import sys
from collections.abc import Iterator, Mapping
from typing import Any, TextIO

from rich.console import Console, RenderableType
from rich.rule import Rule
from rich.text import Text

from components import trust
from components.capacity import report as capacity
from components.settings import Settings
from ops.offline import document
from ops.offline.monitor import STACK_TYPE
from ops.offline.planned import Plan
from ops.preview import numbers, sections

# A pipe or a file has no width; this one fits a review comment.
PIPED_WIDTH = 100


def show(plan: Plan, to: TextIO | None = None) -> None:
    """Print a preview: with colours on a terminal, as plain text elsewhere, never cut off."""
    stream = to or sys.stdout
    if stream.isatty():
        _print(plan, Console(file=stream, highlight=False, markup=False, emoji=False))
    else:
        stream.write(text(plan))


def text(plan: Plan) -> str:
    """The preview without colours, no line longer than 100 columns unless a word is."""
    console = Console(file=io.StringIO(), width=PIPED_WIDTH, color_system=None, highlight=False, markup=False)
    with console.capture() as captured:
        _print(plan, console)
    return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def _print(plan: Plan, console: Console) -> None:
    loaded = plan.loaded
    for renderable in render(plan.document, loaded.settings, loaded.region, loaded.today):
        console.print(renderable)


def render(built: Mapping[str, Any], settings: Settings, region: str, today: datetime.date) -> Iterator[RenderableType]:
    """Everything a preview says, from top to bottom."""
    yield from _head(built, region, today)
    report = capacity.report(settings, region)
    parts: dict[str, Iterator[RenderableType]] = {
        "Components": sections.components(built),
        "Helm releases": sections.releases(built),
        "Addresses": sections.addresses(settings),
        "Capacity": numbers.nodes(report),
        "Price": numbers.price(report.cost, region),
        "Certificates": numbers.certificates(trust.plan(settings.mesh.certificates, settings.mesh.trust_domain), today),
        "Warnings": _warnings(built["warnings"]),
        "Next": _next(built["stack"]),
    }
    for title, part in parts.items():
        yield Text()
        yield Rule(title, style="dim", align="left")
        yield from part


def _head(built: Mapping[str, Any], region: str, today: datetime.date) -> Iterator[RenderableType]:
    resources = [each for each in built["resources"] if each["type"] != STACK_TYPE]
    components = sum(document.is_component(each) for each in resources)
    count = len(built["warnings"])
    yield Text(f"{built['project']} / {built['stack']}  in {region}, as of {today}", style="bold")
    yield Text(f"{len(resources) - components} resources in {components} components; nothing was asked of any cloud.")
    if count:
        yield Text(f"{_counted(count, 'warning')}: see the end.", style="yellow")


def _warnings(warnings: list[str]) -> Iterator[RenderableType]:
    if not warnings:
        yield Text("None.")
    for number, warning in enumerate(warnings, 1):
        yield sections.listed(f"{number}.", Text(warning, style="yellow"))


def _next(stack: str) -> Iterator[RenderableType]:
    yield Text(f"make up STACK={stack}")
    yield Text("checks the machine, the account and what is left to write, then runs the real `pulumi up`.")


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
