"""The days on which ``make test-dates`` runs the fast tests."""

import datetime
import os
import sys
from pathlib import Path

import pytest

from components.settings import clock
from tests import dates


def at(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(f"{text}+00:00")


@pytest.mark.parametrize(
    ("name", "now", "moment"),
    [
        ("3-days", "2026-12-30T12:00", "2027-01-02T12:00"),
        ("6-months", "2026-11-30T12:00", "2027-05-30T12:00"),
        ("6-months", "2026-08-31T12:00", "2027-02-28T12:00"),
        ("leap-day", "2026-11-30T12:00", "2028-02-29T23:30"),
        ("leap-day", "2028-02-29T23:29", "2028-02-29T23:30"),
        ("leap-day", "2028-02-29T23:31", "2032-02-29T23:30"),
        ("leap-day", "2096-03-01T00:00", "2104-02-29T23:30"),
        ("11-years", "2026-11-30T12:00", "2037-11-30T12:00"),
        ("11-years", "2028-02-29T12:00", "2039-02-28T12:00"),
    ],
)
def test_each_day_is_counted_from_now(name: str, now: str, moment: str) -> None:
    assert dates.DAYS[name].moment(at(now)) == at(moment)


def test_the_leap_day_is_another_day_in_auckland() -> None:
    assert dates.DAYS["leap-day"].environment == {"TZ": "Pacific/Auckland"}


def test_what_follows_the_first_flag_is_pytests_own(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(clock, "now", lambda: at("2026-11-30T12:00"))

    def run(name: str, now: datetime.datetime, further: list[str]) -> bool:
        asked.append((name, further))
        return True

    monkeypatch.setattr(dates, "run", run)
    assert dates.main(["-k", "clock"]) == 0
    assert asked == [(name, ["-k", "clock"]) for name in dates.DAYS]
    asked.clear()
    assert dates.main(["leap-day", "-x", "tests/unit/settings/test_clock.py"]) == 0
    assert asked == [("leap-day", ["-x", "tests/unit/settings/test_clock.py"])]


def test_an_unknown_day_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        dates.main(["yesterday"])
    assert ended.value.code == 2
    assert "there are 3-days, 6-months, leap-day, 11-years" in capsys.readouterr().err


def test_without_the_tool_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(dates.NotShiftedError, match="sudo apt-get install datefudge"):
        dates.shifted(at("2026-11-30T12:00"), [sys.executable])


def test_a_tool_that_does_nothing_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else every day would pass as today."""
    tool = tmp_path / dates.TOOL
    tool.write_text('#!/bin/sh\nshift\nexec "$@"\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(dates.NotShiftedError, match="does not shift the clock"):
        dates.shifted(at("2001-01-01T12:00"), [sys.executable])
