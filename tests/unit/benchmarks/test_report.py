"""A run of the benchmark as tables, as a chart and as a page."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as xml

import pytest

from benchmarks.scale import chart, costs, measured, page, replicas, report, runs, sidecars, wording
from benchmarks.scale.compared import Spread, times_less, to_last
from benchmarks.scale.measured import Gateway, Layout, Measurement, Result, Storm
from tests.support.unit.capacity_settings import REGION, stack

LAYOUT = Layout(
    services=1000,
    namespaces=50,
    meshed_namespaces=40,
    endpoints_per_service=2,
    ports_per_service=2,
    routes_per_namespace=3,
    proxies=100,
    visible=20,
)


def storm(kind: str = "route", *, last: Sequence[float] = (1.0,), closed: bool = True, touched: float = 100) -> Storm:
    worst = max(last, default=None)
    return Storm(
        kind=kind,
        closed=closed,
        changes=len(last),
        last=tuple(last),
        p50=worst,
        p99=worst,
        max=worst,
        touched=touched,
        bytes=touched * 1e6,
        cpu=touched / 100,
    )


def measurement(variant: str, *, repeat: int = 0, factor: float = 1.0, storms: Sequence[Storm] = ()) -> Measurement:
    """Everything of it the defaults' times ``factor``."""
    return Measurement(
        variant=variant,
        repeat=repeat,
        synced=5 * factor,
        clusters=int(2000 * factor),
        bytes=int(4_000_000 * factor),
        cpu=9 * factor,
        settled=int(500_000_000 * factor),
        peak=int(600_000_000 * factor),
        storms=tuple(storms) or (storm(last=[factor]),),
        gateway=None,
        client_lag=0.1,
        client_cpu=0.5,
        stolen=0.01,
        full=int(550_000_000 * factor),
        program=50_000_000,
    )


def result(*measurements: Measurement) -> Result:
    return Result(
        date="2026-11-22",
        machine="2 cores",
        istio="1.31",
        kubernetes="1.36.3",
        layout=LAYOUT,
        measurements=measurements,
    )


def rows(text: str, title: str) -> dict[str, list[str]]:
    """Of the table below a title: cells by the first one's name."""
    lines = text.partition(f"**{title}**\n\n")[2].partition("\n\n")[0].splitlines()
    found = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {cells[0].strip("`"): cells[1:] for cells in found}


THREE = result(
    measurement("defaults", repeat=0),
    measurement("ours", repeat=0, factor=0.1),
    measurement("ours", repeat=1, factor=0.05),
    measurement("defaults", repeat=1),
    measurement("defaults", repeat=2, factor=2),
    measurement("ours", repeat=2, factor=0.1),
)


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
    xml.fromstring(chart.svg(result()))


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


def shapes(drawing: str, kind: str) -> list[xml.Element]:
    return [each for each in xml.fromstring(drawing).iter() if each.get("class") == kind]


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
    texts = [each.text for each in xml.fromstring(drawing).iter("{http://www.w3.org/2000/svg}text")]
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


def test_a_run_that_is_put_into_the_folder_is_on_the_page(tmp_path: Path) -> None:
    measured.save(THREE, tmp_path / "1000.json")
    step = sidecars.Step(visible=0, clusters=20, envoy=17_000_000, agent=13_000_000, shared=80_000_000)
    kept = sidecars.Sidecars(
        date="2026-11-22",
        machine="2 cores",
        istio="1.31",
        envoy="1.40.0",
        sidecars=6,
        ports=2,
        endpoints=2,
        steps=(step,),
    )
    sidecars.save(kept, tmp_path / "sidecars.json")
    found = runs.load(tmp_path)
    written = page.written(found)
    blocks = written.blocks[page.PAGE]
    assert report.table(THREE) in blocks["results"]
    assert "(scale/1000.svg)" in blocks["results"]
    assert written.files == {"docs/scale/1000.svg": chart.svg(THREE)}
    assert "Envoy and pilot-agent take 30 MB of memory of their own" in blocks["claims"]


def test_an_empty_folder_makes_a_page_that_promises_nothing(tmp_path: Path) -> None:
    blocks = page.written(runs.load(tmp_path)).blocks[page.PAGE]
    assert blocks["results"] == "Nothing is measured yet."
    assert "less" not in blocks["claims"].replace("a month less", "")


def test_what_replicas_divide_is_told_from_what_each_does() -> None:
    changes = [storm(last=[1.0]), storm(last=[8.0], closed=False, touched=50)]
    run = result(
        *(measurement(name, factor=factor, storms=changes) for name, factor in (("defaults", 1), ("large", 0.1)))
    )
    where = "1,000 services, 100 proxies"
    assert replicas.rows(runs.Runs(meshes={"1000": run}, sidecars=None)) == [
        # 100 proxies in 9 and 0.9 seconds of CPU.
        [where, "`defaults`", "11", "1,000 ms"],
        [where, "`large`", "110", "1,000 ms"],
    ]


def test_a_cluster_costs_more_than_a_control_plane_and_both_more_when_larger() -> None:
    nodes = {"nodes": {"system": {"instanceTypes": ["m6i.xlarge"], "min": 3, "max": 9}}}
    lines = costs.table(stack(cluster=nodes), REGION).splitlines()[2:]
    found = [[float(cell.strip(" $").replace(",", "")) for cell in line.split("|")[4:6]] for line in lines]
    control_planes, clusters = zip(*found, strict=True)
    assert all(cluster > control_plane > 0 for control_plane, cluster in found)
    assert list(control_planes) == sorted(control_planes)
    assert list(clusters) == sorted(clusters)
