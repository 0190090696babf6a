"""The workflows as data, for the tests that read them."""

from collections.abc import Iterator
from typing import Any

import yaml

from tests.support.stack_files import ROOT

FOLDER = ROOT / ".github" / "workflows"
PATHS = sorted(FOLDER.glob("*.yml"))
NAMES = [path.stem for path in PATHS]

Workflow = dict[Any, Any]


def written(name: str) -> str:
    return (FOLDER / f"{name}.yml").read_text()


def load(name: str) -> Workflow:
    workflow: Workflow = yaml.safe_load(written(name))
    return workflow


def triggers(workflow: Workflow) -> dict[str, Any]:
    """YAML 1.1 reads the key ``on`` as true."""
    found = workflow[True]
    return found if isinstance(found, dict) else {found: None}


def jobs() -> list[tuple[str, str]]:
    return [(name, job) for name in NAMES for job in load(name)["jobs"]]


def job(which: tuple[str, str]) -> Workflow:
    found: Workflow = load(which[0])["jobs"][which[1]]
    return found


def steps(name: str) -> Iterator[Workflow]:
    for each in load(name)["jobs"].values():
        yield from each.get("steps", [])


def scripts(name: str) -> list[str]:
    return [step["run"] for step in steps(name) if "run" in step]
