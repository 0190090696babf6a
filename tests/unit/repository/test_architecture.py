"""The lists in import-linter's contracts name every file that they speak of."""

import tomllib
from typing import Any

from tests.support.unit.harness import ROOT

CONTRACTS: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
    "contracts"
]
# One a subject.
EVERY = "components.*.component"


def building() -> set[str]:
    """Modules that may import Pulumi, as the contracts list them."""
    found = [path.relative_to(ROOT).with_suffix("") for path in (ROOT / "components").rglob("component_*.py")]
    return {EVERY, *(".".join(path.parts) for path in found)}


def test_what_builds_is_protected_and_may_import_pulumi() -> None:
    pulumi, builds = (each for each in CONTRACTS if each["type"] == "protected")
    assert {each for each in pulumi["allowed_importers"] if ".component" in each} == building()
    assert set(builds["protected_modules"]) == building()
    assert set(builds["allowed_importers"]) == {*building(), "tests.**"}


def test_every_subject_has_its_floor() -> None:
    (layers,) = (each["layers"] for each in CONTRACTS if each["type"] == "layers")
    listed = {subject for layer in layers for subject in layer.split(" | ")}
    assert listed == {path.name for path in (ROOT / "components").iterdir() if (path / "__init__.py").exists()}
