"""The guide for app teams as data: settings, manifests and commands, read from its Markdown."""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from tests.support.stack_files import ROOT

TEXT = (ROOT / "docs" / "app-teams.md").read_text()
# First line of a block that belongs into the platform's stack file.
SETTINGS = "# settings of the platform\n"
# What a command line ends with when a namespace's editors may not run it.
PLATFORM = "  # platform team"

Manifest = dict[str, Any]


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


def settings() -> list[dict[str, Any]]:
    return [yaml.safe_load(block) for block in _blocks("yaml") if block.startswith(SETTINGS)]


def manifests() -> list[Manifest]:
    """In the order of the page; several show the same object."""
    blocks = [block for block in _blocks("yaml") if not block.startswith(SETTINGS)]
    return [manifest for block in blocks for manifest in yaml.safe_load_all(block)]


def all_of(kind: str) -> list[Manifest]:
    return [each for each in manifests() if each["kind"] == kind]


def first(kind: str) -> Manifest:
    return all_of(kind)[0]


def commands() -> Iterator[list[str]]:
    """Words of each command for a namespace's editors."""
    for line in (line for block in _blocks("sh") for line in block.splitlines()):
        if not line.endswith(PLATFORM):
            yield line.split()


def pods() -> list[Manifest]:
    return [each["spec"]["template"]["spec"] for each in manifests() if "template" in each.get("spec", {})]
