"""What a run has counted: of tests that say so, also when they pass and ran in another process, and of tests."""

from collections.abc import Callable, Iterable, Iterator, Mapping

import pytest

Tell = Callable[[object], None]
Record = Callable[[str, object], None]
_KEY = "counted"


def telling(record_property: Record) -> Tell:
    """By a property of the test: its reports carry it, wherever it ran."""
    return lambda counts: record_property(_KEY, str(counts))


def whole(stats: Mapping[str, Iterable[object]], collected: int) -> bool:
    """Whether every file was read and every test of it ran; one behind another that crashed its worker may not have."""
    unread = [each for kind in stats.values() for each in kind if isinstance(each, pytest.CollectReport)]
    return not unread and len({each.nodeid for each in reports(stats)}) >= max(collected, 1)


def reports(stats: Mapping[str, Iterable[object]]) -> list[pytest.TestReport]:
    """All that a run has of its tests; setup, test and teardown each have one."""
    return [each for kind in stats.values() for each in kind if isinstance(each, pytest.TestReport)]


def told(reports: Iterable[pytest.TestReport]) -> Iterator[str]:
    """A line for each."""
    for report in reports:
        # The last report of a test has all that was said from its beginning.
        if report.when == "teardown":
            yield from (f"{report.nodeid}: {text}" for key, text in report.user_properties if key == _KEY)
