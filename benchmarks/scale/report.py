"""A run as Markdown: what was measured how, then every variant against the chart's defaults."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.scale import wording
from benchmarks.scale.compared import (
    BASELINE,
    Measure,
    Spread,
    absolute,
    after_sync,
    among_many,
    cpu_of_many,
    of_gateway,
    of_storm,
    own_after_sync,
    times_less,
    to_last,
)
from benchmarks.scale.measured import CHURN_SECONDS, ENDPOINTS_A_SECOND, ROUTES_A_SECOND, Measurement, Result, variants


@dataclass(frozen=True, kw_only=True)
class Column:
    """One measure. compared: also shown as a ratio. exact: so steady that the figure itself says more."""

    title: str
    measure: Measure
    unit: Callable[[Spread], str]
    compared: bool = True
    exact: bool = False


SYNC = (
    Column(title="clusters a proxy", measure=lambda run: run.clusters, unit=wording.count, compared=False),
    Column(title="configuration a proxy", measure=lambda run: run.bytes, unit=wording.kilobytes, exact=True),
    Column(title="until all are in sync", measure=lambda run: run.synced, unit=wording.seconds),
    Column(title="istiod's CPU until then", measure=lambda run: run.cpu, unit=wording.seconds),
    Column(title="istiod's memory after that", measure=after_sync, unit=wording.megabytes),
    Column(title="without its program", measure=own_after_sync, unit=wording.megabytes),
    Column(title="garbage collected", measure=lambda run: run.settled, unit=wording.megabytes),
    Column(title="at its peak", measure=lambda run: run.peak, unit=wording.megabytes),
)
ROUTE = (
    Column(title="to the last proxy, p50", measure=to_last("route", 0.5), unit=wording.seconds),
    Column(title="p99", measure=to_last("route", 0.99), unit=wording.seconds),
    Column(title="longest", measure=to_last("route", 1), unit=wording.seconds),
    Column(title="at one change a second, p50", measure=to_last("route", 0.5, closed=False), unit=wording.seconds),
    Column(
        title="proxies touched",
        measure=of_storm("route", lambda storm: storm.touched),
        unit=wording.count,
        compared=False,
    ),
    Column(title="sent", measure=of_storm("route", lambda storm: storm.bytes), unit=wording.kilobytes, exact=True),
    Column(title="istiod's CPU", measure=of_storm("route", lambda storm: storm.cpu), unit=wording.seconds),
)
CHURN = (
    Column(title="routes: to the last proxy, p50", measure=among_many("route", 0.5), unit=wording.seconds),
    Column(title="longest", measure=among_many("route", 1), unit=wording.seconds),
    Column(title="istiod's CPU", measure=cpu_of_many("route"), unit=wording.seconds),
    Column(title="endpoints: to the last proxy, p50", measure=among_many("endpoint", 0.5), unit=wording.seconds),
    Column(title="longest", measure=among_many("endpoint", 1), unit=wording.seconds),
    Column(title="istiod's CPU", measure=cpu_of_many("endpoint"), unit=wording.seconds),
)
OTHERS = (
    Column(title="endpoint: to the last proxy, p50", measure=to_last("endpoint", 0.5), unit=wording.seconds),
    Column(
        title="sent", measure=of_storm("endpoint", lambda storm: storm.bytes), unit=wording.kilobytes, compared=False
    ),
    Column(
        title="namespace in the mesh: proxies touched",
        measure=of_storm("meshed-namespace", lambda storm: storm.touched),
        unit=wording.count,
        compared=False,
    ),
    Column(
        title="sent",
        measure=of_storm("meshed-namespace", lambda storm: storm.bytes),
        unit=wording.kilobytes,
        compared=False,
    ),
    Column(
        title="outside the mesh: proxies touched",
        measure=of_storm("outside-namespace", lambda storm: storm.touched),
        unit=wording.count,
        compared=False,
    ),
    Column(
        title="istiod's CPU",
        measure=of_storm("outside-namespace", lambda storm: storm.cpu),
        unit=wording.seconds,
        compared=False,
    ),
)
GATEWAY = (
    Column(title="routes", measure=of_gateway(lambda gateway: gateway.routes), unit=wording.count, compared=False),
    Column(title="clusters", measure=of_gateway(lambda gateway: gateway.clusters), unit=wording.count),
    Column(title="configuration", measure=of_gateway(lambda gateway: gateway.bytes), unit=wording.kilobytes),
)
SECTIONS: tuple[tuple[str, Sequence[Column]], ...] = (
    ("Proxies that start", SYNC),
    ("A route changes", ROUTE),
    (
        f"Changes that do not stop for {CHURN_SECONDS} s: {ROUTES_A_SECOND} routes a second, then {ENDPOINTS_A_SECOND} "
        "endpoints",
        CHURN,
    ),
    ("Other changes", OTHERS),
    ("The gateway", GATEWAY),
)


def table(result: Result) -> str:
    """Return the report of the whole run."""
    return "\n\n".join(_parts(result))


def _parts(result: Result) -> Iterator[str]:
    yield method(result)
    if BASELINE not in variants(result):
        yield f"**No run of `{BASELINE}`: nothing to compare with, so these are this machine's own figures.**"
    for title, columns in SECTIONS:
        shown = [each for each in columns if any(each.measure(run) is not None for run in result.measurements)]
        if shown:
            yield f"**{title}**"
            yield _table(result, shown)
    yield "\n".join(_flags(result))


def method(result: Result) -> str:
    """Describe what was measured, on which machine and when: ratios depend on the layout."""
    layout = result.layout
    repeats = len({each.repeat for each in result.measurements})
    return (
        f"{layout.services:,} services in {layout.namespaces} namespaces, {layout.meshed_namespaces} of them in the "
        f"mesh; {layout.ports_per_service} ports and {layout.endpoints_per_service} endpoints a service, "
        f"{layout.routes_per_namespace} routes a namespace; {layout.proxies} proxies. "
        f"**Where its scope is narrowed, a proxy sees {layout.visible:,} of {layout.services:,} services.** "
        f"Istio {result.istio}, Kubernetes {result.kubernetes}, one istiod; {result.machine}; {result.date}; "
        f"at most {repeats} {'repeat' if repeats == 1 else 'repeats'}, variants in turn. `{BASELINE}` is shown as "
        "measured here; the others as its multiples, the median over the repeats with least and most in brackets."
        f"{_program(result)}"
    )


def _program(result: Result) -> str:
    most = max((each.program for each in result.measurements), default=0)
    return f" istiod's program is {most / 1e6:,.0f} MB of its memory." if most else ""


def _table(result: Result, columns: Sequence[Column]) -> str:
    rows = [[f"`{variant}`", *(_cell(result, variant, each) for each in columns)] for variant in variants(result)]
    head = ["variant", *(each.title for each in columns)]
    return wording.table(head, rows)


def _cell(result: Result, variant: str, column: Column) -> str:
    own = absolute(result, variant, column.measure)
    if own is None:
        return wording.NOTHING
    ratio = times_less(result, variant, column.measure) if column.compared and variant != BASELINE else None
    if ratio is None:
        return column.unit(own)
    return f"{column.unit(own)}, {wording.times(ratio)}" if column.exact else wording.times(ratio)


def _flags(result: Result) -> Iterator[str]:
    """Yield reasons to doubt single measurements."""
    runs = result.measurements
    if runs:
        yield (
            f"The client was late by {max(each.client_lag for each in runs):.2f} s at worst and used "
            f"{max(each.client_cpu for each in runs):.0%} of a core at most; the machine's host took "
            f"{max(each.stolen for each in runs):.1%} of the CPU time at most."
        )
    noted = [(each, note) for each in runs for note in each.notes]
    if noted:
        yield ""
        yield from (f"- {_which(each)}: {note}" for each, note in noted)


def _which(measurement: Measurement) -> str:
    return f"`{measurement.variant}`, repeat {measurement.repeat + 1}"
