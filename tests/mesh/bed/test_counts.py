"""What a run says that it has done."""

import pytest

from tests.support.mesh import counts

Report = pytest.TestReport | pytest.CollectReport


def ran(name: str, when: str = "call", told: str = "") -> pytest.TestReport:
    properties = [*counts_of(told), ("other", "1")]
    return pytest.TestReport(name, ("file", 1, name), {}, "passed", None, when, user_properties=properties)  # type: ignore[arg-type]


def counts_of(told: str) -> list[tuple[str, object]]:
    said: list[tuple[str, object]] = []
    if told:
        counts.telling(lambda key, value: said.append((key, value)))(told)
    return said


UNREAD = pytest.CollectReport("file", "failed", "SyntaxError", [])


@pytest.mark.parametrize(
    ("reports", "collected", "whole"),
    [
        ([ran("a", "setup"), ran("a"), ran("b")], 2, True),
        ([ran("a", "setup"), ran("a"), ran("a", "teardown")], 2, False),
        ([ran("a"), ran("b"), UNREAD], 2, False),
        ([UNREAD], 0, False),
        ([], 0, False),
    ],
)
def test_a_run_is_whole_when_every_file_was_read_and_every_test_of_it_ran(
    reports: list[Report], collected: int, whole: bool
) -> None:
    assert counts.whole({"passed": reports, "": []}, collected) is whole


def test_what_a_test_tells_is_read_once() -> None:
    stats = {"": [ran("a", "setup"), ran("a", "teardown", "3 visits")], "passed": [ran("a", told="3 visits")]}
    assert list(counts.told(counts.reports(stats))) == ["a: 3 visits"]
