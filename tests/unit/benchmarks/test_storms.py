"""Storms of changes: what is counted of them."""

import time
from collections.abc import Sequence
from typing import Any, cast

import pytest

from benchmarks.scale import storms
from benchmarks.scale.crowd_process import Asked
from benchmarks.scale.measured import Storm


class FakeCrowd:
    """Sees each marker a tenth of a second after its write, at whom it affects; the second sidecar never."""

    def __init__(self, told: list[str] | None = None) -> None:
        self.told = [] if told is None else told

    def received(self, marker: str, by: Sequence[int], within: float) -> dict[int, float]:
        self.told.append("asked")
        return {number: time.monotonic() + 0.1 for number in by if number != 1}

    def window(self) -> tuple[int, int]:
        return 3, 1000

    def quiet(self, seconds: float, within: float) -> bool:
        return True


def stormed(affected: Sequence[int], **given: Any) -> tuple[Storm, tuple[str, ...], int]:
    told: list[str] = []
    storm, notes = run_told(told, affected, **given)
    return storm, notes, told.count("written")


def run_told(told: list[str], affected: Sequence[int], **given: Any) -> tuple[Storm, tuple[str, ...]]:
    change = storms.Change(marker="m", affected=affected, write=lambda: told.append("written"))
    plan = storms.Plan(kind="route", **given, change=lambda: change)
    return storms.run(plan, cast(Asked, FakeCrowd(told)), iter(range(100, 1000, 6)).__next__)


def test_a_closed_storm_counts_each_change_by_itself() -> None:
    storm, notes, written = stormed([0, 2], changes=3, seconds=60)
    assert (storm.closed, storm.changes, len(storm.last), written) == (True, 3, 3, 3)
    assert (storm.touched, storm.cpu) == (3, 2)
    # What comes after the last one is of the last one.
    assert storm.bytes == 4000 / 3
    assert storm.p50 == pytest.approx(0.1, abs=0.05)
    assert not notes


def test_a_storm_whose_time_is_over_has_two_changes() -> None:
    storm, _, written = stormed([0], changes=9, seconds=-1)
    assert (storm.changes, written) == (storms.LEAST, storms.LEAST)


def test_an_open_storm_waits_for_nobody() -> None:
    told: list[str] = []
    storm, _ = run_told(told, [0, 2], changes=3, seconds=60, rate=100)
    assert told == ["written"] * 3 + ["asked"] * 3
    # Three proxies got something, over three changes.
    assert (storm.closed, storm.changes, storm.touched) == (False, 3, 1)


def test_changes_that_are_written_too_slowly_are_said() -> None:
    slow = storms.Change(marker="m", affected=[0], write=lambda: time.sleep(0.2))
    plan = storms.Plan(kind="route-churn", changes=2, seconds=1, rate=100, change=lambda: slow)
    _, notes = storms.run(plan, cast(Asked, FakeCrowd()), lambda: 0.0)
    assert len(notes) == 1
    assert notes[0].startswith("route-churn: nothing was written for 0.")


def test_a_receipt_that_never_comes_is_said() -> None:
    storm, notes, _ = stormed([0, 1, 2], changes=2, seconds=60)
    assert notes == ("route: 2 receipts missing after 60 s",)
    assert storm.last == (storms.ARRIVES, storms.ARRIVES)


def test_nobody_affected_has_no_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storms, "NOTHING", 0)
    storm, _, _ = stormed([], changes=2, seconds=60)
    assert (storm.last, storm.p50, storm.p99, storm.max) == ((), None, None, None)


def test_percentiles_are_values_that_were_seen() -> None:
    values = [float(each) for each in range(1, 201)]
    assert storms.percentile(values, 0.99) == 198
    assert storms.percentile(values[:100], 0.99) == 99
    assert storms.percentile([3.0, 1.0], 0.99) == 3
    assert storms.percentile([2.0], 0.5) == 2
