"""A run of the benchmark as a chart."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from benchmarks.scale import chart
from benchmarks.scale.measured import Gateway
from tests.support.unit.scale_runs import THREE, measurement, result, storm


def shapes(drawing: str, kind: str) -> list[ElementTree.Element]:
    return [each for each in ElementTree.fromstring(drawing).iter() if each.get("class") == kind]


def test_the_chart_has_a_bar_for_every_comparison() -> None:
    factors = {"defaults": 1, "ours": 0.1, "worse": 2}
    gateways = {name: Gateway(routes=20, clusters=9, bytes=int(factor * 1e6)) for name, factor in factors.items()}
    kinds = (("route", True), ("route-churn", False), ("endpoint-churn", False))
    stormed = {
        name: measurement(
            name, factor=factor, storms=[storm(kind, last=[factor], closed=closed) for kind, closed in kinds]
        )
        for name, factor in factors.items()
    }
    mixed = (replace(stormed[name], gateway=each) for name, each in gateways.items())
    drawing = chart.svg(result(*mixed))
    assert (len(shapes(drawing, "less")), len(shapes(drawing, "more"))) == (len(chart.PANELS), len(chart.PANELS))
    texts = [each.text for each in ElementTree.fromstring(drawing).iter("{http://www.w3.org/2000/svg}text")]
    assert texts.count("2.0× more") == len(chart.PANELS)
    # With a name on the axis of each.
    assert texts.count("10× less") == 2 * len(chart.PANELS)
    assert "defaults" not in texts


def test_a_longer_bar_is_a_larger_ratio() -> None:
    drawing = chart.svg(result(measurement("defaults"), *(measurement(f"{n}", factor=1 / n) for n in (2, 4, 16))))
    widths = [float(each.get("width", 0)) for each in shapes(drawing, "less")][:3]
    # On a logarithmic axis each of the two steps has its own length.
    assert widths[1] == pytest.approx(widths[0] * 2, abs=0.2)
    assert widths[2] == pytest.approx(widths[0] * 4, abs=0.2)


def test_every_bar_is_inside_of_the_drawing() -> None:
    far = result(measurement("defaults"), measurement("far", factor=1 / 5000), measurement("bad", factor=500))
    for each in (*shapes(chart.svg(far), "less"), *shapes(chart.svg(far), "more")):
        left = float(each.get("x", 0))
        assert left >= chart.LABELS
        assert left + float(each.get("width", 0)) <= chart.WIDTH


def test_the_chart_is_the_same_for_the_same_run_and_asks_nobody_for_anything() -> None:
    drawing = chart.svg(THREE)
    assert drawing == chart.svg(THREE)
    assert "prefers-color-scheme: dark" in drawing
    assert "href" not in drawing
    assert drawing.count("://") == 1
