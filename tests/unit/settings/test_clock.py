"""One function reads the clock, in UTC, and only where a test asks for it by name."""

import ast
import datetime
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from components.settings import clock
from components.stack import stack_config
from tests.support import real_time
from tests.support.days import NOON, TODAY
from tests.support.stack_files import ROOT

READER = Path("components/settings/clock.py")
# Calls that say what time it is; `datetime.now` too, when it is given a time zone.
READS = {
    ("datetime", "now"),
    ("datetime", "today"),
    ("datetime", "utcnow"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "strftime"),
    ("time", "localtime"),
    ("time", "gmtime"),
    ("time", "ctime"),
}
# Those that read the clock when they are handed no moment.
WITHOUT_MOMENT = {"strftime": 2, "localtime": 1, "gmtime": 1, "ctime": 1}


# Where people and pipelines find lines to type or run.
PAGES = [
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / ".github" / "workflows").glob("*.yml")),
    *(ROOT / name for name in ("README.md", "Makefile", ".ci/run")),
]


def python() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [Path(line) for line in listed.splitlines()]


def reads(text: str) -> Iterator[int]:
    """Lines that read the clock, or hand over what does."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from (node.lineno for each in node.names if ("time", each.name) in READS)
    given = {id(node.func): len(node.args) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute):
            continue
        above = node.value
        owner = above.attr if isinstance(above, ast.Attribute) else above.id if isinstance(above, ast.Name) else ""
        if (owner, node.attr) in READS and given.get(id(node), 0) < WITHOUT_MOMENT.get(node.attr, 99):
            yield node.lineno


def test_one_file_reads_the_clock() -> None:
    found = {str(path): list(reads((ROOT / path).read_text())) for path in python() if (ROOT / path).exists()}
    assert {path for path, lines in found.items() if lines} == {str(READER)}, found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("datetime.datetime.now(datetime.UTC)", 1),
        ("datetime.now()", 1),
        ("datetime.date.today()", 1),
        ("time.time()", 1),
        ("time.strftime('%Y')", 1),
        ("time.strftime('%Y', moment)", 0),
        ("field(default_factory=datetime.datetime.now)", 1),
        ("from time import time", 1),
        ("from time import monotonic", 0),
        ("time.monotonic()", 0),
        ("clock.now()", 0),
    ],
)
def test_the_search_knows_what_reads_the_clock(line: str, found: int) -> None:
    assert len(list(reads(line))) == found


def test_it_raises_under_pytest_and_says_what_to_do() -> None:
    with pytest.raises(clock.ClockRefusedError, match="Pass a day"):
        clock.now()


def test_it_raises_in_what_a_test_starts() -> None:
    asked = [sys.executable, "-c", "from components.settings import clock; clock.now()"]
    assert "Pass a day" in subprocess.run(asked, cwd=ROOT, capture_output=True, text=True).stderr


def test_who_asks_by_name_has_it_in_utc() -> None:
    with real_time.allowed():
        assert clock.now().tzinfo is datetime.UTC
    assert clock.REFUSED in os.environ


def test_a_moment_by_name_leaves_the_clock_refused(this_moment: datetime.datetime) -> None:
    assert this_moment.microsecond == 0
    with pytest.raises(clock.ClockRefusedError):
        clock.now()


def test_the_program_goes_by_the_day_that_it_is_handed() -> None:
    token = stack_config.TODAY.set(TODAY)
    try:
        assert stack_config.now() == datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC)
        assert stack_config.now() < NOON
    finally:
        stack_config.TODAY.reset(token)
    with pytest.raises(clock.ClockRefusedError):
        stack_config.now()


def test_the_day_is_that_of_utc_wherever_its_reader_lives() -> None:
    """In Auckland it is the day after for half of every day."""
    script = "from components.settings import clock; print(clock.now().utcoffset())"
    env = {**{key: value for key, value in os.environ.items() if key != clock.REFUSED}, "TZ": "Pacific/Auckland"}
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.stdout.strip() == "0:00:00"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_day_that_is_typed_is_that_of_utc(page: Path) -> None:
    """The settings are judged by it."""
    assert "$(date +" not in page.read_text()
