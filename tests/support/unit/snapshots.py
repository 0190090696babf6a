"""Committed lists that a change must touch on purpose: ``python -m tests.support.unit.snapshots`` writes them anew."""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.unit import harness
from tests.support.unit.recorded import Node, Stack

FOLDER = Path(__file__).parent / "expected"
REFRESH = (
    "Meant? `python -m tests.support.unit.snapshots` writes the list anew; a renamed resource also needs an alias."
)


def urns(stack: Stack) -> str:
    """Type and name of every resource: the engine takes a new one for another resource, and deletes the old."""
    return _lines(_short(urn) for urn in stack.graph.resources)


def differences(one: Stack, other: Stack) -> str:
    """What the second stack has, lacks or sets otherwise than the first, a line each; tags are left out."""
    return _lines(_differences(_by_name(one), _by_name(other)))


def _differences(one: dict[str, Node], other: dict[str, Node]) -> Iterator[str]:
    yield from (f"- {name}" for name in one.keys() - other.keys())
    yield from (f"+ {name}" for name in other.keys() - one.keys())
    for name in one.keys() & other.keys():
        before, after = _settings(one[name]), _settings(other[name])
        for path in before.keys() | after.keys():
            if before.get(path) != after.get(path):
                yield f"~ {name}{path}: {before.get(path, 'absent')} -> {after.get(path, 'absent')}"


def _by_name(stack: Stack) -> dict[str, Node]:
    return {_short(node.urn): node for node in stack.nodes}


def _settings(node: Node) -> dict[str, str]:
    inputs = {key: value for key, value in node.inputs.items() if key not in ("tags", "tagSpecifications")}
    return dict(_leaves({**inputs, "protect": node.options["protect"]}, ""))


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for key, each in value.items():
            yield from _leaves(each, f"{path}.{key}")
    elif isinstance(value, list) and any(isinstance(each, dict) for each in value):
        for index, each in enumerate(value):
            yield from _leaves(each, f"{path}[{index}]")
    else:
        yield path, json.dumps(value)


def _short(urn: str) -> str:
    return urn.split("::", 2)[2]


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in sorted(lines))


@cache
def expected() -> dict[str, str]:
    """Every committed list by file name, as the program has it now."""
    return {
        "urns-dev.txt": urns(harness.preview("dev")),
        "urns-prod.txt": urns(harness.preview("prod")),
        # Under one name, so that only settings differ.
        "dev-to-prod.txt": differences(harness.preview("dev", named="any"), harness.preview("prod", named="any")),
    }


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for file, text in expected().items():
        (FOLDER / file).write_text(text)
        print(f"wrote {file}, {text.count(chr(10))} lines")
