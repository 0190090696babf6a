"""The structure of product and tests: the lists in import-linter's contracts, type tokens, who imports whom."""

import ast
import re
import tomllib
from typing import Any, TypeGuard

from tests.support.stack_files import ROOT

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


COMPONENT = re.compile(r'super\(\)\.__init__\(\s*"(?P<token>[^"]+)"')
SIX = {"Network", "Cluster", "Mesh", "MeshGateway", "MeshNamespace", "Bookinfo"}


def tokens() -> dict[str, str]:
    """Type token of every component class, by its subject and name."""
    found = {}
    for path in sorted((ROOT / "components").rglob("component*.py")):
        for node in ast.parse(path.read_text()).body:
            written = COMPONENT.search(ast.unparse(node).replace("'", '"')) if isinstance(node, ast.ClassDef) else None
            if isinstance(node, ast.ClassDef) and written:
                found[f"{path.parent.name}:{node.name}"] = written["token"]
    return found


def test_type_tokens_name_subject_and_class() -> None:
    assert len(tokens()) > len(SIX)
    assert {where: token for where, token in tokens().items() if token != f"istio-eks:{where}"} == {}


def test_the_program_is_made_of_six_components_the_contract_and_the_guard() -> None:
    text = (ROOT / "__main__.py").read_text()
    assert len(text.splitlines()) < 120
    used = {node.func.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call) and is_named(node.func)}
    components = {where.partition(":")[2] for where in tokens()}
    assert used & components == SIX | {"ContractParameter", "DestroyGuard"}


def is_named(function: ast.expr) -> TypeGuard[ast.Name]:
    return isinstance(function, ast.Name)


def test_no_module_of_fast_tests_imports_another() -> None:
    """What two of them need stands in ``tests/support``."""
    found = [
        f"{path.relative_to(ROOT)} imports {name}"
        for folder in ("unit", "support")
        for path in sorted((ROOT / "tests" / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("tests.")
        for name in (*str(node.module).split("."), *(each.name for each in node.names))
        if name.startswith("test_")
    ]
    assert found == []


def test_the_program_imports_components_settings_and_outputs_alone() -> None:
    tree = ast.parse((ROOT / "__main__.py").read_text())
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    assert {each for each in imported if not each.endswith(".component")} == {
        "components.contract",
        "components.contract.component_parameter",
        "components.stack",
        "components.stack.component_destroy_guard",
    }


def test_the_product_can_be_imported_under_another_name() -> None:
    """Its imports of itself are relative: programs of other people install it as a package."""
    absolute = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in (ROOT / "components").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "components"
    ]
    assert absolute == []
