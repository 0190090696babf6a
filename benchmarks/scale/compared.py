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
    """What the repeats of a variant measured; ``None`` when none did."""
    return _spread(value for value in _by_repeat(result, variant, measure).values())


def times_less(result: Result, variant: str, measure: Measure) -> Spread | None:
    """How many times less than the defaults of the same repeat; below 1 it is more.

    ``None`` without a repeat that has both, and where a variant has nothing to divide by.
    """
    baseline = _by_repeat(result, BASELINE, measure)
    own = _by_repeat(result, variant, measure)
    return _spread(baseline[repeat] / own[repeat] for repeat in own if repeat in baseline and own[repeat])


def has_baseline(result: Result) -> bool:
    """Whether there is something to compare with."""
    return BASELINE in variants(result)


def after_sync(measurement: Measurement) -> float | None:
    """istiod's memory once all proxies are in sync, as it then is."""
    return measurement.full or None


def own_after_sync(measurement: Measurement) -> float | None:
    """The same without the program."""
    return measurement.full - measurement.program if measurement.program else None


def _by_repeat(result: Result, variant: str, measure: Measure) -> dict[int, float]:
    found = ((each.repeat, measure(each)) for each in result.measurements if each.variant == variant)
    return {repeat: value for repeat, value in found if value is not None}


def _spread(values: Iterable[float]) -> Spread | None:
    found = sorted(values)
    return Spread(middle=median(found), low=found[0], high=found[-1]) if found else None


def storms(measurement: Measurement, kind: str, *, closed: bool) -> Iterator[Storm]:
    """Those of one kind, written one after the other or at a fixed rate."""
    return (each for each in measurement.storms if (each.kind, each.closed) == (kind, closed))


def of_storm(kind: str, read: Callable[[Storm], float | None], *, closed: bool = True) -> Measure:
    """A measure of the changes of one kind."""

    def measure(measurement: Measurement) -> float | None:
        return next((read(each) for each in storms(measurement, kind, closed=closed)), None)

    return measure


def of_gateway(read: Callable[[Gateway], float]) -> Measure:
    """A measure of the one gateway, where there was one."""
    return lambda measurement: read(measurement.gateway) if measurement.gateway else None


def cpu_of_many(kind: str) -> Measure:
    """istiod's CPU seconds for all changes of a kind that did not stop."""
    return of_storm(f"{kind}-churn", lambda storm: storm.cpu * storm.changes, closed=False)


def to_last(kind: str, share: float, *, closed: bool = True) -> Measure:
    """Seconds from a write to its last affected proxy that this share of the changes took at most."""

    def read(storm: Storm) -> float | None:
        return _quantile(storm.last, share)

    return of_storm(kind, read, closed=closed)


def among_many(kind: str, share: float) -> Measure:
    """The same of changes that do not stop."""
    return to_last(f"{kind}-churn", share, closed=False)


def _quantile(values: Iterable[float], share: float) -> float | None:
    """Between the two nearest values, as far as the share says."""
    found = sorted(values)
    if not found:
        return None
    place = share * (len(found) - 1)
    below = int(place)
    above = min(below + 1, len(found) - 1)
    return found[below] + (found[above] - found[below]) * (place - below)
