"""README.md and docs/ say what the code says."""

import re
from pathlib import Path

import pytest

from benchmarks.scale import page, runs
from components.settings import versions
from ops import stacks
from ops.docs import generated
from ops.docs.pages import Written
from tests.support.days import TODAY
from tests.support.stack_files import ROOT

README = (ROOT / "README.md").read_text()
MAKE = re.compile(r"^make ([a-z-]+)", re.MULTILINE)


@pytest.fixture(scope="module")
def ours() -> Written:
    return generated.written(stacks.plan(ROOT, "dev", None, TODAY))


@pytest.fixture(params=["ops", "benchmarks"])
def written(request: pytest.FixtureRequest, ours: Written) -> Written:
    """What each of the commands of `make docs` writes."""
    return ours if request.param == "ops" else page.written(runs.load())


def test_the_generated_parts_are_current(written: Written) -> None:
    assert written.outdated(ROOT) == [], "`make docs` writes diagrams, tables and charts anew."


def test_an_outdated_block_is_written_anew(written: Written) -> None:
    for name, blocks in written.blocks.items():
        text = (ROOT / name).read_text()
        for block in blocks:
            begin = f"<!-- {block}: begin -->"
            assert written.render(text.replace(begin, f"{begin}\nold"), name) == text, block


def test_whatever_a_page_marks_is_written(written: Written) -> None:
    for name, blocks in written.blocks.items():
        marked = re.findall(r"^<!-- (\w+): begin -->$", (ROOT / name).read_text(), re.MULTILINE)
        assert sorted(marked) == sorted(blocks)


def test_every_make_target_of_the_page_exists() -> None:
    targets = set(MAKE.findall(README))
    assert {"preview", "test", "destroy"} <= targets
    rules = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert targets <= set(rules)


def test_versions_named_on_the_page_are_the_pins() -> None:
    assert f"Istio {versions.minor(versions.ISTIO)} and Kubernetes {versions.KUBERNETES}" in README


INSTALLED = ("requirements*", "pyproject.toml", "Pulumi*.yaml", "Makefile", ".ci/run", "tools/*/go.mod")
PATHS = [path for pattern in INSTALLED for path in ROOT.glob(pattern)]
ADDRESS = re.compile(r"://|(?<!no-emit-)index-url|find-links=|GOPROXY")


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_no_registry_is_named_in_what_is_installed(path: Path) -> None:
    assert ADDRESS.findall(path.read_text()) == []


def test_missing_marks_are_said(ours: Written) -> None:
    with pytest.raises(ValueError, match="<!-- graph: begin -->"):
        ours.render("# T\n", generated.ARCHITECTURE)


def test_only_outdated_pages_are_written(ours: Written, tmp_path: Path) -> None:
    for name in (*ours.blocks, *ours.files):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text((ROOT / name).read_text())
    stale = tmp_path / generated.ARCHITECTURE
    stale.write_text(stale.read_text().replace("flowchart BT", "flowchart TB"))
    missing = tmp_path / generated.PROMETHEUS
    missing.unlink()
    assert list(ours.write(tmp_path)) == [stale, missing]
    assert list(ours.write(tmp_path)) == []
