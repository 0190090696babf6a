"""A run of the benchmark as tables."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from benchmarks.scale import chart, report, wording
from benchmarks.scale.compared import Spread, times_less, to_last
from benchmarks.scale.measured import Gateway
from tests.support.unit.scale_runs import THREE, measurement, result, storm


def rows(text: str, title: str) -> dict[str, list[str]]:
    """Of the table below a title: cells by the first one's name."""
    lines = text.partition(f"**{title}**\n\n")[2].partition("\n\n")[0].splitlines()
    found = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {cells[0].strip("`"): cells[1:] for cells in found}


@pytest.mark.parametrize(
    ("spread", "text"),
    [
        ((12.3, 11.2, 13.4), "12× less (11–13)"),
        ((2.46, 2.46, 2.46), "2.5× less"),
        ((0.5, 0.4, 0.8), "2.0× more (1.2–2.5)"),
        ((1.04, 0.8, 1.1), "1.0× (0.8–1.1)"),
        ((0.96, 0.96, 0.96), "1.0×"),
        ((1277, 1200, 1300), "1,277× less (1,200–1,300)"),
    ],
)
def test_a_ratio_says_which_way_it_goes(spread: tuple[float, float, float], text: str) -> None:
    middle, low, high = spread
    assert wording.times(Spread(middle=middle, low=low, high=high)) == text


@pytest.mark.parametrize(
    ("values", "text"), [((100, 100, 100), "100"), ((2.5, 2.5, 2.5), "2.5"), ((3, 2, 3.5), "3.0 (2.0–3.5)")]
)
def test_what_is_counted_has_tenths_where_it_needs_them(values: tuple[float, float, float], text: str) -> None:
    middle, low, high = values
    assert wording.count(Spread(middle=middle, low=low, high=high)) == text


def test_a_variant_is_compared_with_the_defaults_of_its_own_repeat() -> None:
    found = times_less(THREE, "ours", lambda run: run.synced)
    # 5 / 0.5, 5 / 0.25, 10 / 0.5: the slow third repeat slowed both.
    assert found == Spread(middle=20, low=10, high=20)


def test_a_repeat_that_only_one_of_them_has_does_not_count() -> None:
    alone = result(measurement("defaults", repeat=0), measurement("ours", repeat=1, factor=0.1))
    assert times_less(alone, "ours", lambda run: run.synced) is None


def test_nothing_is_divided_by_nothing() -> None:
    silent = result(measurement("defaults"), measurement("ours", factor=0))
    assert times_less(silent, "ours", lambda run: run.bytes) is None
    assert rows(report.table(silent), "Proxies that start")["ours"][1] == "0 kB"


def test_times_to_the_last_proxy_are_of_the_changes() -> None:
    changes = measurement("defaults", storms=[storm(last=[1, 2, 3, 4, 5])])
    assert [to_last("route", share)(changes) for share in (0, 0.5, 0.9, 1)] == [1, 3, 4.6, 5]
    assert to_last("endpoint", 0.5)(changes) is None
    assert to_last("route", 0.5)(measurement("defaults", storms=[storm(last=[])])) is None


def test_the_defaults_are_shown_as_measured_and_the_others_against_them() -> None:
    found = rows(report.table(THREE), "Proxies that start")
    assert found["defaults"][:3] == ["2,000 (2,000–4,000)", "4,000 kB (4,000–8,000)", "5.00 s (5.00–10.0)"]
    assert found["ours"][1:3] == ["400 kB (200–400), 20× less (10–20)", "20× less (10–20)"]
    assert rows(report.table(THREE), "A route changes")["ours"][0] == "20× less (10–20)"


def test_the_layout_stands_beside_the_ratios() -> None:
    assert "a proxy sees 20 of 1,000 services" in report.table(THREE)


def test_without_defaults_the_report_says_so() -> None:
    text = report.table(result(measurement("ours")))
    assert "No run of `defaults`" in text
    assert "less" not in "".join(rows(text, "Proxies that start")["ours"])


def test_an_empty_run_is_no_error() -> None:
    assert "No run of `defaults`" in report.table(result())
    ElementTree.fromstring(chart.svg(result()))


def test_open_and_closed_changes_are_not_mixed() -> None:
    both = [storm(last=[1.0]), storm(last=[8.0], closed=False)]
    found = rows(report.table(result(measurement("defaults", storms=both))), "A route changes")
    assert found["defaults"][:4] == ["1.00 s", "1.00 s", "1.00 s", "8.00 s"]


def test_what_nobody_measured_has_no_column_and_a_hole_is_a_dash() -> None:
    some = result(
        measurement("defaults", storms=[storm(), storm("outside-namespace", last=[])]), measurement("ours", factor=0.1)
    )
    found = rows(report.table(some), "Other changes")
    assert found["variant"] == ["outside the mesh: proxies touched", "istiod's CPU"]
    assert found["ours"] == [wording.NOTHING, wording.NOTHING]


def test_what_makes_a_run_doubtful_stands_below_it() -> None:
    doubtful = replace(measurement("defaults", repeat=1), notes=("the client was late",), client_lag=0.4, stolen=0.07)
    text = report.table(result(measurement("defaults"), doubtful))
    assert "late by 0.40 s at worst" in text
    assert "7.0% of the CPU time" in text
    assert "- `defaults`, repeat 2: the client was late" in text


def test_the_gateway_is_shown_where_there_was_one() -> None:
    assert "The gateway" not in report.table(THREE)
    gateways = (
        replace(measurement("defaults"), gateway=Gateway(routes=20, clusters=2000, bytes=4_000_000)),
        replace(measurement("filter"), gateway=Gateway(routes=20, clusters=50, bytes=100_000)),
    )
    found = rows(report.table(result(*gateways)), "The gateway")
    assert found["filter"] == ["20", "40× less", "40× less"]
