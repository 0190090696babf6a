"""Variants against the chart's defaults: repeat by repeat, because both ran side by side then."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from statistics import median

from benchmarks.scale.measured import Gateway, Measurement, Result, Storm, variants

BASELINE = "defaults"

Measure = Callable[[Measurement], float | None]


@dataclass(frozen=True, kw_only=True)
class Spread:
    """The median over the repeats, and their least and most."""

    middle: float
    low: float
    high: float


def absolute(result: Result, variant: str, measure: Measure) -> Spread | None:
    """Return what the repeats of a variant measured; ``None`` when no repeat did."""
    return _spread(value for value in _by_repeat(result, variant, measure).values())


def times_less(result: Result, variant: str, measure: Measure) -> Spread | None:
    """Return how many times less a variant takes than the defaults of the same repeat; below 1 it takes more.

    ``None`` without a repeat that has both, and where the value of the variant is 0.
    """
    baseline = _by_repeat(result, BASELINE, measure)
    own = _by_repeat(result, variant, measure)
    return _spread(baseline[repeat] / own[repeat] for repeat in own if repeat in baseline and own[repeat])


def has_baseline(result: Result) -> bool:
    """Return whether the run measured the defaults, which the other variants are compared with."""
    return BASELINE in variants(result)


def after_sync(measurement: Measurement) -> float | None:
    """Return istiod's memory at the moment when all proxies are in sync."""
    return measurement.full or None


def own_after_sync(measurement: Measurement) -> float | None:
    """Return istiod's memory when all proxies are in sync, without the text of its program."""
    return measurement.full - measurement.program if measurement.program else None


def _by_repeat(result: Result, variant: str, measure: Measure) -> dict[int, float]:
    found = ((each.repeat, measure(each)) for each in result.measurements if each.variant == variant)
    return {repeat: value for repeat, value in found if value is not None}


def _spread(values: Iterable[float]) -> Spread | None:
    found = sorted(values)
    return Spread(middle=median(found), low=found[0], high=found[-1]) if found else None


def storms(measurement: Measurement, kind: str, *, closed: bool) -> Iterator[Storm]:
    """Return the storms of one kind, written one after the other (``closed``) or at a fixed rate."""
    return (each for each in measurement.storms if (each.kind, each.closed) == (kind, closed))


def of_storm(kind: str, read: Callable[[Storm], float | None], *, closed: bool = True) -> Measure:
    """Return a measure of the changes of one kind."""

    def measure(measurement: Measurement) -> float | None:
        return next((read(each) for each in storms(measurement, kind, closed=closed)), None)

    return measure


def of_gateway(read: Callable[[Gateway], float]) -> Measure:
    """Return a measure of the gateway; ``None`` for a run without one."""
    return lambda measurement: read(measurement.gateway) if measurement.gateway else None


def cpu_of_many(kind: str) -> Measure:
    """Return a measure of istiod's CPU seconds for all changes of a continuous storm of one kind."""
    return of_storm(f"{kind}-churn", lambda storm: storm.cpu * storm.changes, closed=False)


def to_last(kind: str, share: float, *, closed: bool = True) -> Measure:
    """Return a measure: the seconds from a write to its last affected proxy, as a quantile over the changes."""

    def read(storm: Storm) -> float | None:
        return _quantile(storm.last, share)

    return of_storm(kind, read, closed=closed)


def among_many(kind: str, share: float) -> Measure:
    """Return the same measure as ``to_last`` for a continuous storm."""
    return to_last(f"{kind}-churn", share, closed=False)


def _quantile(values: Iterable[float], share: float) -> float | None:
    """Return a quantile, interpolated between the two nearest values."""
    found = sorted(values)
    if not found:
        return None
    place = share * (len(found) - 1)
    below = int(place)
    above = min(below + 1, len(found) - 1)
    return found[below] + (found[above] - found[below]) * (place - below)
