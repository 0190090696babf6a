"""What istiod and its proxies do as a mesh grows: ``python -m benchmarks.mesh_scale --services 1000 --proxies 100``.

API server and istiod are real. Proxies are light: a delta stream each, that subscribes and acknowledges as Envoy does
and keeps nothing but names and sizes. istiod signs with a certificate authority of its own, and its webhooks are not
asked, for every variant alike.
"""

import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.scale import chart, measured, processes, report, stack, world
from benchmarks.scale import layout as layouts
from benchmarks.scale.compared import BASELINE, has_baseline
from benchmarks.scale.markers import Markers
from benchmarks.scale.measure import measure
from benchmarks.scale.measured import Measurement, Result
from benchmarks.scale.variants import Variant, variants
from components.istio import sizing
from components.settings import clock
from local.machine import machine
from local.tools.pinned import ISTIO_MINOR, TOOLS

EVERY = "all"


def main(
    services: Annotated[int, typer.Option(help="In namespaces of 20, four of five inside the mesh.")] = 1000,
    proxies: Annotated[int, typer.Option(help="Sidecars, each a stream.")] = 100,
    repeats: int = 1,
    variant: Annotated[
        list[str] | None,
        typer.Option(help=f"Several times for several, {EVERY} for each; default: {BASELINE} and the size for it."),
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Result, as JSON; a chart beside it, as SVG.")] = None,
) -> None:
    """Measure variants in turn, over and over, and print how they compare."""
    chosen = choice(variants(stack.committed().settings.mesh), variant or (), services)
    if not machine.inside():
        machine.enter([sys.executable, "-m", "benchmarks.mesh_scale", *sys.argv[1:]])
    result = run(services, proxies, repeats, chosen, output)
    typer.echo(report.table(result))
    if output and has_baseline(result):
        output.with_suffix(".svg").write_text(chart.svg(result))


def choice(known: Mapping[str, Variant], asked: Sequence[str], services: int) -> list[Variant]:
    """Return the named variants, or those that are worth a first look. Raises typer.BadParameter."""
    if unknown := sorted({*asked} - {*known, EVERY}):
        raise typer.BadParameter(f"no such variant: {', '.join(unknown)}; there are {', '.join(known)}, and {EVERY}")
    first = (BASELINE, sizing.size_for(services))
    return list(known.values()) if EVERY in asked else [known[each] for each in dict.fromkeys(asked or first)]


def run(services: int, proxies: int, repeats: int, chosen: Sequence[Variant], output: Path | None = None) -> Result:
    """Measure the chosen variants; requires a machine of namespaces. output: rewritten after every measurement."""
    result, markers = _empty(services, proxies), Markers()
    folder = Path(tempfile.mkdtemp(prefix="scale-", dir=machine.scratch()))
    with world.running(result.layout, folder) as where:
        for repeat, each in order(chosen, repeats):
            found = measure(where, each, repeat, markers)
            result = replace(result, measurements=(*result.measurements, found))
            typer.echo(line(found))
            if output:
                measured.save(result, output)
    return result


def order(chosen: Sequence[Variant], repeats: int) -> Iterator[tuple[int, Variant]]:
    """Yield rounds of variants; every second round runs backwards, so that drift affects all variants alike."""
    for repeat in range(repeats):
        yield from ((repeat, each) for each in (chosen if repeat % 2 == 0 else reversed(chosen)))


def line(found: Measurement) -> str:
    """Return the progress line of a measurement."""
    routes = next(each for each in found.storms if each.kind == "route")
    last = f"{max(routes.last):.2f} s" if routes.last else "nobody"
    told = "".join(f"\n    {each}" for each in found.notes)
    return (
        f"{found.repeat + 1} {found.variant:<20} in sync {found.synced:6.2f} s  {found.clusters:5} clusters  "
        f"{found.bytes / 1000:8.0f} kB a proxy  {found.settled / 1e6:5.0f} MB  route to last proxy {last}{told}"
    )


def _empty(services: int, proxies: int) -> Result:
    return Result(
        date=clock.now().date().isoformat(),
        machine=processes.machine(),
        istio=ISTIO_MINOR,
        kubernetes=TOOLS["kube-apiserver"].version.removeprefix("v"),
        layout=layouts.layout(services, proxies),
    )


if __name__ == "__main__":
    typer.run(main)
