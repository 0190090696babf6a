"""Write the generated parts of docs/scale.md, and its charts: ``python -m benchmarks.scale.page``."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from benchmarks.scale import chart, claims, costs, predictions, replicas, report, runs, sizes, stack, wording
from benchmarks.scale.compared import has_baseline
from benchmarks.scale.runs import Runs
from benchmarks.scale.sidecars import Sidecars
from benchmarks.scale.variants import variants
from components.settings import Mesh
from ops.docs.pages import Written

ROOT = Path(__file__).parents[2]
PAGE = "docs/scale.md"


def main() -> None:
    """Update the page and its charts, and print which of them were out of date."""
    for path in written(runs.load()).write(ROOT):
        print(f"wrote {path.relative_to(ROOT)}")


def written(found: Runs) -> Written:
    """Return the generated texts for these runs."""
    charts = {name: chart.svg(result) for name, result in found.meshes.items() if has_baseline(result)}
    return Written(
        blocks={PAGE: _blocks(found)}, files={f"docs/scale/{name}.svg": text for name, text in charts.items()}
    )


def _blocks(found: Runs) -> dict[str, str]:
    loaded = stack.committed()
    return {
        "variants": _variants(loaded.settings.mesh),
        "results": "\n\n".join(_results(found)) or "Nothing is measured yet.",
        "sizes": "\n\n".join(_sizes(found)),
        "predictions": _predictions(found),
        "replicas": wording.table(
            ["run", "variant", "proxies started", "CPU of a changed route"], replicas.rows(found)
        ),
        "costs": f"{costs.table(loaded.settings, loaded.region)}\n\n{costs.basis(loaded.settings)}",
        "claims": wording.table(["what was said", "what we found"], [list(each) for each in claims.claims(found)]),
    }


def _variants(mesh: Mesh) -> str:
    return "\n".join(f"- `{each.name}`: {each.description}" for each in variants(mesh).values())


def _sizes(found: Runs) -> tuple[str, ...]:
    return sizes.legend(), sizes.istiods(found), sizes.gateways(), sizes.sidecars(), sizes.sources()


def _results(found: Runs) -> Iterator[str]:
    for name, result in found.meshes.items():
        title = wording.mesh(result.layout)
        yield f"### {title}"
        if has_baseline(result):
            yield f"![{title}: each variant against the chart's defaults](scale/{name}.svg)"
        yield report.table(result)
    if found.sidecars:
        yield from _sidecars(found.sidecars)


def _sidecars(run: Sidecars) -> Iterator[str]:
    yield "### Real sidecars"
    yield (
        f"{run.sidecars} at rest whose scope grows; {run.ports} ports and {run.endpoints} endpoints a service. "
        f"Istio {run.istio}, pilot-agent and its bootstrap, Envoy {run.envoy} of upstream without Istio's own filters; "
        f"{run.machine}; {run.date}. Memory of each process alone, and the program text of both, which all sidecars of "
        "a node share; medians."
    )
    rows = [
        [
            f"{each.visible:,}",
            f"{each.clusters:,}",
            *(_megabytes(size) for size in (each.envoy, each.agent, each.shared)),
        ]
        for each in run.steps
    ]
    yield wording.table(["services besides Bookinfo", "clusters", "Envoy", "pilot-agent", "program text"], rows)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"


def _predictions(found: Runs) -> str:
    """Return the worst error of the model for each quantity that it predicts."""
    rows = []
    everything = sorted(predictions.predictions(found), key=lambda each: each.what)
    for what, some in groupby(everything, lambda each: each.what):
        worst = max(some, key=lambda each: abs(each.off))
        figures = (f"{each / 1e6:,.1f} MB" for each in (worst.predicted, worst.measured))
        rows.append([what, worst.where, *figures, f"{worst.off:+.0%}"])
    return wording.table(["predicted", "where it is off most", "predicted", "measured", "off"], rows)


if __name__ == "__main__":
    main()
