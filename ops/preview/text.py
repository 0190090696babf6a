"""The offline preview as text: warnings, resources, capacity, price and certificates."""

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

# Columns where the output has no width, such as a pipe; they fit a review comment.
PIPED_WIDTH = 100


def show(plan: Plan, to: TextIO | None = None, *, values: bool = False) -> None:
    """Print a preview: with colours on a terminal, as plain text elsewhere, never truncated."""
    stream = to or sys.stdout
    if stream.isatty():
        _print(plan, Console(file=stream, highlight=False, markup=False, emoji=False), values)
    else:
        stream.write(text(plan, values=values))


def text(plan: Plan, *, values: bool = False) -> str:
    """Return the preview without colours, in lines of at most PIPED_WIDTH columns unless a word is longer."""
    console = Console(file=io.StringIO(), width=PIPED_WIDTH, color_system=None, highlight=False, markup=False)
    with console.capture() as captured:
        _print(plan, console, values)
    return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def _print(plan: Plan, console: Console, values: bool) -> None:
    loaded = plan.loaded
    for renderable in render(plan.document, loaded.settings, loaded.region, loaded.today, values=values):
        console.print(renderable)


def render(
    built: Mapping[str, Any], settings: Settings, region: str, today: datetime.date, *, values: bool
) -> Iterator[RenderableType]:
    """Yield the parts of a preview from top to bottom: warnings and numbers, then resources."""
    yield from _head(built, region, today)
    report = capacity.report(settings, region)
    parts: dict[str, Iterator[RenderableType]] = {
        "Warnings": _warnings(built["warnings"]),
        "Price": numbers.price(report.cost, region),
        "Capacity": numbers.nodes(report),
        "Certificates": numbers.certificates(trust.plan(settings.mesh.certificates, settings.mesh.trust_domain), today),
        "Addresses": sections.addresses(settings),
        "Components": sections.components(built),
        "Helm releases": sections.releases(built),
        **({"Helm values": sections.values(built)} if values else {}),
        "Next": _next(built["stack"], values=values),
    }
    for title, part in parts.items():
        yield Text()
        yield Rule(title, style="dim", align="left")
        yield from part


def _head(built: Mapping[str, Any], region: str, today: datetime.date) -> Iterator[RenderableType]:
    resources = [each for each in built["resources"] if each["type"] != STACK_TYPE]
    components = sum(document.is_component(each) for each in resources)
    yield Text(f"{built['project']} / {built['stack']}  in {region}, as of {today}", style="bold")
    yield Text(f"{len(resources) - components} resources in {components} components; no cloud API was called.")


def _warnings(warnings: list[str]) -> Iterator[RenderableType]:
    if not warnings:
        yield Text("None.")
    for number, warning in enumerate(warnings, 1):
        yield sections.listed(f"{number}.", Text(warning, style="yellow"))


def _next(stack: str, *, values: bool) -> Iterator[RenderableType]:
    if not values:
        yield Text(f'make preview STACK={stack} ARGS="--values"')
        yield Text("also prints the values of every Helm release.")
    yield Text(f"make up STACK={stack}")
    yield Text("checks the machine, the account and the settings, then runs `pulumi up`.")
