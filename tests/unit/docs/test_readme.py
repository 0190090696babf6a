"""README.md and docs/ say what the code says."""

import re
from pathlib import Path

import pytest

from components.settings import versions
from ops.docs import generated as readme
from tests.support.unit.harness import ROOT, Stack

MAKE = re.compile(r"^make ([a-z-]+)", re.MULTILINE)


def test_the_generated_parts_are_current(dev: Stack) -> None:
    assert readme.outdated(ROOT, dev.document) == [], "`make docs` writes diagram and tables anew."


@pytest.mark.parametrize(("page", "block"), [(page, block) for page, found in readme.PAGES.items() for block in found])
def test_an_outdated_block_is_written_anew(dev: Stack, page: str, block: str) -> None:
    text = (ROOT / page).read_text()
    begin = f"<!-- {block}: begin -->"
    assert readme.render(text.replace(begin, f"{begin}\nold"), page, dev.document) == text


def test_every_make_target_of_the_page_exists() -> None:
    targets = set(MAKE.findall((ROOT / readme.README).read_text()))
    assert {"preview", "test", "destroy"} <= targets
    rules = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert targets <= set(rules)


def test_versions_named_on_the_page_are_the_pins() -> None:
    text = (ROOT / readme.README).read_text()
    assert f"Istio {versions.minor(versions.ISTIO)} and Kubernetes {versions.KUBERNETES}" in text


INSTALLED = ("requirements*", "pyproject.toml", "Pulumi*.yaml", "Makefile", ".ci/run", "tools/*/go.mod")
PATHS = [path for pattern in INSTALLED for path in ROOT.glob(pattern)]
ADDRESS = re.compile(r"://|(?<!no-emit-)index-url|find-links=|GOPROXY")


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_no_registry_is_named_in_what_is_installed(path: Path) -> None:
    assert ADDRESS.findall(path.read_text()) == []


def test_missing_marks_are_said(dev: Stack) -> None:
    with pytest.raises(ValueError, match="<!-- graph: begin -->"):
        readme.render("# T\n", readme.README, dev.document)


def test_only_outdated_pages_are_written(dev: Stack, tmp_path: Path) -> None:
    for page in readme.PAGES:
        (tmp_path / page).parent.mkdir(exist_ok=True)
        (tmp_path / page).write_text((ROOT / page).read_text())
    for name, text in readme.files().items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    stale = tmp_path / readme.README
    stale.write_text(stale.read_text().replace("flowchart BT", "flowchart TB"))
    missing = tmp_path / readme.PROMETHEUS
    missing.unlink()
    assert list(readme.write(tmp_path, dev.document)) == [stale, missing]
    assert list(readme.write(tmp_path, dev.document)) == []
