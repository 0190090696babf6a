"""What the page is made of: runs in a folder, replicas, costs."""

from pathlib import Path

from benchmarks.scale import chart, costs, measured, page, replicas, report, runs, sidecars
from tests.support.unit.capacity_settings import REGION, stack
from tests.support.unit.scale_runs import THREE, measurement, result, storm


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
