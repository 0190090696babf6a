"""Renovate sees every pin of the repository."""

import ast
import json
import re
import subprocess
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import jsonschema
import pytest
import yaml

from components.settings import versions
from tests.support.stack_files import ROOT
from tests.support.unit import renovate
from tests.support.unit.renovate import Pin

FULL = re.compile(r"(?:>=|[\w.-]+/[\w./-]+:)?(?P<version>v?\d+\.\d+\.\d+(?:-eksbuild\.\d+)?)")
FULL_OR_MINOR = re.compile(rf"{FULL.pattern}|(?P<minor>\d+\.\d+)")
VERSIONS = "components/settings/versions.py"
# Constants that look like a pin, by name or value, and why Renovate leaves them alone.
NO_PINS = {
    (VERSIONS, "OLDEST_ISTIO"): "the oldest Istio that is supported, raised by hand",
    (VERSIONS, "ISTIO_SUPPORTS"): "which minors go together, from Istio's page",
    (VERSIONS, "EKS_STANDARD_SUPPORT_ENDS"): "days, from AWS's page",
    ("benchmarks/scale/costs.py", "1.30.5"): "any other version; nothing is installed",
    ("local/tools/tools.py", "3.20.2"): "read in the provider's go.mod; a test compares it",
}


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True)
    return [path for path in listed.stdout.splitlines() if (ROOT / path).is_file()]


def lines(path: str, pattern: str, root: Path = ROOT) -> Iterator[Pin]:
    for number, line in enumerate((root / path).read_text().splitlines(), start=1):
        if match := re.search(pattern, line):
            yield Pin(path, number, match["version"])


def of_constants(path: str, root: Path) -> Iterator[Pin]:
    """Yield the versions in the constants of a module; those of versions.py may be minors."""
    pattern = FULL_OR_MINOR if path == VERSIONS else FULL
    for statement in ast.parse((root / path).read_text()).body:
        if not isinstance(statement, ast.Assign) or (path, ast.unparse(statement.targets[0])) in NO_PINS:
            continue
        for each in ast.walk(statement.value):
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                match = pattern.fullmatch(each.value)
                if match and (path, match[0]) not in NO_PINS:
                    yield Pin(path, each.lineno, match["version"] or match["minor"])


def of_go(path: str, root: Path) -> Iterator[Pin]:
    """Yield the modules of the tools, and what our own code would require."""
    for module in renovate.tool_modules((root / path).read_text()):
        yield from lines(path, rf"\s{re.escape(module)} (?P<version>v\S+)", root)
    yield from lines(path, r"^(?:require)?\s+\S+ (?P<version>v\S+)$", root)


def pins(root: Path, paths: list[str]) -> set[Pin]:
    """Every pin, by means of our own."""
    found: set[Pin] = set()
    for path in paths:
        if path.endswith(".py") and not path.startswith("tests/"):
            found |= {*of_constants(path, root)}
        elif path.endswith("go.mod"):
            found |= {*of_go(path, root)}
        elif path.startswith(".github/workflows/"):
            found |= {*lines(path, r"uses: [^@]+@(?P<version>\S+)", root)}
            found |= {*lines(path, r"-version: \"?(?P<version>\d[\d.]*)", root)}
            found |= {*lines(path, r"ubuntu-(?P<version>[\d.]+)", root)}
        elif path.endswith(".in") or (path.startswith("examples/") and path.endswith("requirements.txt")):
            found |= {*lines(path, r"^[^#-][^=]*==(?P<version>[\w.]+)", root)}
        elif path.endswith("Pulumi.yaml"):
            found |= {*lines(path, r"requiredPulumiVersion: \">=(?P<version>[\d.]+)", root)}
        elif path == ".python-version":
            found |= {*lines(path, r"^(?P<version>.+)$", root)}
    return found


def unseen(root: Path = ROOT) -> set[Pin]:
    paths = tracked()
    return pins(root, paths) - renovate.seen(renovate.config(), root, paths)


def test_renovate_sees_every_pin() -> None:
    assert unseen() == set()


def test_pins_are_found_in_every_kind_of_file() -> None:
    """The search by means of our own finds something everywhere, else the comparison would say nothing."""
    found = pins(ROOT, tracked())
    kinds = {re.sub(r"^tools/\w+", "tools/*", re.sub(r"^(.github/workflows)/.*", r"\1", pin.path)) for pin in found}
    assert kinds == {
        ".github/workflows",
        ".python-version",
        "Pulumi.yaml",
        VERSIONS,
        "examples/app-team/Pulumi.yaml",
        "examples/app-team/requirements.txt",
        "examples/app-team/shop/settings.py",
        "examples/bootstrap/Pulumi.yaml",
        "examples/bootstrap/requirements.txt",
        "requirements-dev.in",
        "requirements-local.in",
        "requirements-mesh.in",
        "requirements.in",
        "tools/*/go.mod",
    }
    assert {pin.path for pin in found if pin.path.startswith("tools/")} == {
        str(path.relative_to(ROOT)) for path in ROOT.glob("tools/*/go.mod")
    }


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (VERSIONS, 'KARPENTER = "1.15.1"'),
        ("components/cluster/names.py", 'IMAGE = "docker.io/istio/ztunnel:1.31.1"'),
        (".github/workflows/new.yml", "      - uses: actions/cache@main"),
        (".github/workflows/new.yml", "          helm-version: 3.20.2"),
        ("docs/requirements.in", "mkdocs==1.6.1"),
    ],
)
def test_a_pin_out_of_its_sight_would_be_found(path: str, line: str, tmp_path: Path) -> None:
    target = tmp_path / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(f"{line}\n")
    assert len(pins(tmp_path, [path]) - renovate.seen(renovate.config(), tmp_path, [path])) == 1


def test_a_lock_is_not_read_and_a_module_of_no_tool_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "requirements-dev.txt").write_text("ruff==0.17.6\n")
    required = ["require (", "\ta.org/b v1.0.0 // indirect", "\tc v1.1.0 // indirect", ")"]
    (tmp_path / "go.mod").write_text("\n".join(["go 1.26", "tool a.org/b/cmd", *required]))
    seen = renovate.seen(renovate.config(), tmp_path, ["requirements-dev.txt", "go.mod"])
    assert seen == {Pin("go.mod", 1, "1.26"), Pin("go.mod", 4, "v1.0.0")}


def test_the_configuration_fits_renovates_schema() -> None:
    schema = json.loads((resources.files("check_jsonschema") / "builtin_schemas/vendor/renovate.json").read_text())
    validator = jsonschema.validators.validator_for(schema)(schema)
    assert [error.message for error in validator.iter_errors(renovate.config())] == []
    assert list(validator.iter_errors({**renovate.config(), "customManagers": "regex"}))


def test_add_on_builds_are_looked_up_for_the_pinned_kubernetes() -> None:
    managers = renovate.config()["customManagers"]
    (manager,) = (each for each in managers if each.get("datasourceTemplate") == "aws-eks-addon")
    assert f'"kubernetesVersion":"{versions.KUBERNETES}"' in manager["packageNameTemplate"]


def test_charts_are_looked_up_where_they_are_installed_from() -> None:
    text = (ROOT / VERSIONS).read_text()
    assert {*re.findall(r"registryUrl=(\S+)", text)} == {versions.ISTIO_CHARTS, versions.EKS_CHARTS}


def test_what_it_does_not_raise_is_listed_with_a_reason() -> None:
    off = [rule for rule in renovate.config()["packageRules"] if rule.get("enabled") is False]
    assert {name for rule in off for name in rule["matchPackageNames"]} == {"python", "istio.io/istio"}
    assert all("by hand" in rule["description"] for rule in off)


def test_constants_that_are_left_alone_are_there() -> None:
    for path, what in NO_PINS:
        assert re.search(rf"\b{re.escape(what)}\b", (ROOT / path).read_text()), (path, what)


def test_hooks_are_local_and_hold_no_pin() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    assert {each["repo"] for each in hooks["repos"]} == {"local"}


def test_every_lock_holds_the_versions_that_are_asked_for() -> None:
    for source in ROOT.glob("requirements*.in"):
        asked = re.findall(r"^([\w.-]+)(?:\[[^\]]+\])?==(\S+)", source.read_text(), re.MULTILINE)
        locked = re.findall(r"^([\w.-]+)(?:\[[^\]]+\])?==(\S+)", source.with_suffix(".txt").read_text(), re.MULTILINE)
        assert {(name.lower(), version) for name, version in asked} <= {(name.lower(), each) for name, each in locked}
