"""README.md and docs/ say what the code says."""

import re

from design import versions
from ops import readme
from tests.unit.harness import ROOT, Stack

MAKE = re.compile(r"^make ([a-z-]+)", re.MULTILINE)


def test_the_generated_parts_are_current(dev: Stack) -> None:
    assert readme.is_current(ROOT, dev.document), "`make docs` writes the diagram and the settings table anew."


def test_an_outdated_page_is_seen(dev: Stack) -> None:
    text = (ROOT / readme.README).read_text()
    assert readme.render(text.replace("```mermaid", "```mermaid\n%% old"), dev.document) == text


def test_every_make_target_of_the_page_exists() -> None:
    targets = set(MAKE.findall((ROOT / readme.README).read_text()))
    assert {"preview", "test", "destroy"} <= targets
    rules = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert targets <= set(rules)


def test_versions_named_on_the_page_are_the_pins() -> None:
    text = (ROOT / readme.README).read_text()
    assert f"Istio {versions.minor(versions.ISTIO)} and Kubernetes {versions.KUBERNETES}" in text


def test_no_registry_is_named_in_what_is_installed() -> None:
    for path in ROOT.glob("requirements*"):
        assert "://" not in path.read_text(), path.name
