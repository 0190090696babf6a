"""Run the fast tests on other days: ``python -m tests.dates [DAY ...]``.

Debian's datefudge shifts the clock of a process and of those it starts: what they ask the C library for. A statically
linked program does not see it.
"""

import argparse
import datetime
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from components.settings import clock

ROOT = Path(__file__).parents[1]
TOOL = "datefudge"
INSTALL = f"sudo apt-get install {TOOL}"
HELP = ("-h", "--help")
PYTEST = ("-m", "pytest", "-q", "-n", "2", "--dist", "worksteal", "-p", "no:cacheprovider")
# How far the shifted clock may be from what was asked, when it is first read.
TOLERANCE = datetime.timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Day:
    """When the tests are to run, counted from now, and in which surroundings."""

    what: str
    moment: Callable[[datetime.datetime], datetime.datetime]
    environment: Mapping[str, str] = field(default_factory=dict)


def months_later(now: datetime.datetime, months: int) -> datetime.datetime:
    """Return the same day of a later month, or the last one that the month has."""
    years, month = divmod(now.month - 1 + months, 12)
    first = now.replace(year=now.year + years, month=month + 1, day=1)
    last = (first + datetime.timedelta(days=31)).replace(day=1) - datetime.timedelta(days=1)
    return first.replace(day=min(now.day, last.day))


def leap_day(now: datetime.datetime) -> datetime.datetime:
    """Return 23:30 on the next 29 February."""
    for year in range(now.year, now.year + 9):
        if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0):
            moment = datetime.datetime(year, 2, 29, 23, 30, tzinfo=datetime.UTC)
            if moment > now:
                return moment
    raise AssertionError(now)


DAYS = {
    "3-days": Day(what="in 3 days", moment=lambda now: now + datetime.timedelta(days=3)),
    "6-months": Day(what="in 6 months", moment=lambda now: months_later(now, 6)),
    "leap-day": Day(
        what="on the next 29 February at 23:30 UTC, in Auckland",
        moment=leap_day,
        environment={"TZ": "Pacific/Auckland"},
    ),
    "11-years": Day(what="in 11 years", moment=lambda now: months_later(now, 11 * 12)),
}


class NotShiftedError(Exception):
    """The clock of a process cannot be shifted here; the text is for a person."""


def shifted(moment: datetime.datetime, command: Sequence[str]) -> list[str]:
    """Return the command that runs ``command`` as if it were that moment.

    Raises:
        NotShiftedError: the tool is missing, or a process does not see the moment.
    """
    if shutil.which(TOOL) is None:
        raise NotShiftedError(f"{TOOL} is not installed: it gives the tests another day. On Debian: {INSTALL}")
    before = [TOOL, f"{moment:%Y-%m-%d %H:%M:%S} UTC"]
    seen = subprocess.run(
        [*before, sys.executable, "-c", "import time; print(int(time.time()))"], capture_output=True, text=True
    )
    if seen.returncode or abs(int(seen.stdout) - moment.timestamp()) > TOLERANCE.total_seconds():
        said = (seen.stderr or seen.stdout).strip()
        raise NotShiftedError(f"{TOOL} does not shift the clock of {sys.executable}: asked for {moment}, saw {said!r}.")
    return [*before, *command]


def run(name: str, now: datetime.datetime, arguments: Sequence[str]) -> bool:
    """Run the fast tests on one day; whether all passed."""
    day = DAYS[name]
    moment = day.moment(now)
    print(f"\n{name}: as if it were {moment:%Y-%m-%d %H:%M} UTC, {day.what}", flush=True)
    with tempfile.TemporaryDirectory(prefix="dates-") as folder:
        # Folders of other runs would look old enough to be removed.
        command = [sys.executable, *PYTEST, f"--basetemp={folder}/pytest", *arguments]
        return subprocess.run(shifted(moment, command), cwd=ROOT, env={**os.environ, **day.environment}).returncode == 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 all passed, 1 a test failed or no day can be had here, 2 usage."""
    known = ", ".join(DAYS)
    parser = argparse.ArgumentParser(prog="python -m tests.dates", description="Run the fast tests on other days.")
    parser.add_argument(
        "days", nargs="*", metavar="DAY", help=f"of {known}; default: all, in turn; then pytest's own arguments"
    )
    typed = list(sys.argv[1:] if arguments is None else arguments)
    # From the first flag on they are pytest's own, but for --help.
    cut = next((at for at, each in enumerate(typed) if each.startswith("-") and each not in HELP), len(typed))
    given, further = parser.parse_args(typed[:cut]), typed[cut:]
    if unknown := sorted(set(given.days) - {*DAYS}):
        parser.error(f"no such day: {', '.join(unknown)}; there are {known}")
    now = clock.now().replace(microsecond=0)
    try:
        passed = {name: run(name, now, further) for name in given.days or DAYS}
    except NotShiftedError as error:
        print(error, file=sys.stderr)
        return 1
    failed = [name for name, good in passed.items() if not good]
    print(f"\n{len(passed)} days, failed on: {', '.join(failed) or 'none'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
