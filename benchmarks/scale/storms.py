"""Changes, one after the other, and when they arrive."""

import itertools
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from benchmarks.scale.crowd_process import Asked
from benchmarks.scale.measured import Storm

# Seconds: for a change to arrive, for what istiod still sends after the last one to end, and its quiet to be believed.
ARRIVES, ENDS, QUIET = 60.0, 60.0, 0.6
# Seconds that istiod waits for another change by default (PILOT_DEBOUNCE_AFTER), and a longer pause, by which what one
# change sent is told from what the next one sends.
WAITS, PAUSE = 0.1, 0.25
# Changes that are waited for however long they take.
LEAST = 2
# Where nobody is to get anything: many times what istiod waits.
NOTHING = 1.0


@dataclass(frozen=True, kw_only=True)
class Change:
    """One. affected: sidecars whose configuration it changes. write: makes it."""

    marker: str
    affected: Sequence[int]
    write: Callable[[], object]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """kind: as in Storm. changes: at most. rate: so many a second, None to wait for each.

    seconds: no new one after that, but for the second one.
    """

    kind: str
    changes: int
    seconds: float
    rate: float | None = None
    change: Callable[[], Change] = field(repr=False)


@dataclass(kw_only=True)
class _Seen:
    """What was found so far. pause: the longest between two writes, in seconds."""

    last: list[float] = field(default_factory=list)
    receipts: list[float] = field(default_factory=list)
    touched: int = 0
    bytes: int = 0
    lost: int = 0
    pause: float = 0.0

    def arrived(self, change: Change, began: float, at: dict[int, float]) -> None:
        took = [at[number] - began for number in change.affected if number in at]
        self.lost += len(change.affected) - len(took)
        self.receipts += took
        if change.affected:
            self.last.append(max(took) if len(took) == len(change.affected) else ARRIVES)

    def window(self, crowd: Asked, *, whose: bool = True) -> None:
        touched, size = crowd.window()
        self.touched += touched if whose else 0
        self.bytes += size


def run(plan: Plan, crowd: Asked, cpu: Callable[[], float]) -> tuple[Storm, tuple[str, ...]]:
    """Write the changes and wait for quiet; return the storm and its problems. cpu: istiod's seconds so far."""
    crowd.window()
    used, seen = cpu(), _Seen()
    made = _open(plan, crowd, seen) if plan.rate else _closed(plan, crowd, seen)
    calm = crowd.quiet(QUIET, ENDS)
    # Stragglers of a closed loop got the same change before.
    seen.window(crowd, whose=plan.rate is not None)
    told = [f"{plan.kind}: {seen.lost} receipts missing after {ARRIVES:.0f} s"] if seen.lost else []
    if plan.rate and 1 / plan.rate < WAITS <= seen.pause:
        told.append(f"{plan.kind}: nothing was written for {seen.pause:.2f} s: the machine may be what was measured")
    if not calm:
        told.append(f"{plan.kind}: no end of pushes within {ENDS:.0f} s")
    return _storm(plan, made, seen, cpu() - used), tuple(told)


def _closed(plan: Plan, crowd: Asked, seen: _Seen) -> int:
    """Write each change after the last receipt of the one before, and a pause."""
    end = time.monotonic() + plan.seconds
    for made in range(plan.changes):
        if made >= LEAST and time.monotonic() > end:
            return made
        change = plan.change()
        began = time.monotonic()
        change.write()
        if change.affected:
            seen.arrived(change, began, crowd.received(change.marker, change.affected, ARRIVES))
        else:
            time.sleep(NOTHING)
        crowd.quiet(PAUSE, ENDS)
        seen.window(crowd)
    return plan.changes


def _open(plan: Plan, crowd: Asked, seen: _Seen) -> int:
    """Write changes at a fixed rate, whatever has arrived; then wait for all receipts."""
    assert plan.rate
    # Asking a crowd that is busy would slow the writes down.
    changes = [plan.change() for _ in range(plan.changes)]
    began = time.monotonic()
    written: list[tuple[Change, float]] = []
    for number, change in enumerate(changes):
        time.sleep(max(0.0, began + number / plan.rate - time.monotonic()))
        written.append((change, time.monotonic()))
        change.write()
    seen.pause = max((after - before for (_, before), (_, after) in itertools.pairwise(written)), default=0.0)
    end = written[-1][1] + ARRIVES
    for change, at in written:
        left = max(0.0, end - time.monotonic())
        seen.arrived(change, at, crowd.received(change.marker, change.affected, left))
    return len(written)


def _storm(plan: Plan, made: int, seen: _Seen, used: float) -> Storm:
    return Storm(
        kind=plan.kind,
        closed=plan.rate is None,
        changes=made,
        last=tuple(seen.last),
        p50=statistics.median(seen.receipts) if seen.receipts else None,
        p99=percentile(seen.receipts, 0.99) if seen.receipts else None,
        max=max(seen.receipts, default=None),
        touched=seen.touched / made,
        bytes=seen.bytes / made,
        cpu=used / made,
    )


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that this share of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))]
