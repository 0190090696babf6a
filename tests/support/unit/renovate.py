"""What Renovate sees of this repository: its managers in a few lines each, as far as our pins need them.

Read in renovatebot/renovate: lib/workers/repository/extract/file-match.ts and lib/modules/manager/{custom/regex,gomod,
github-actions,pip_requirements,pyenv}. A pin is a line of a file and the version in it.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from tests.support.stack_files import ROOT

CONFIG = ROOT / ".github" / "renovate.json"
# The files that each manager reads by itself.
FILES = {
    "github-actions": r"(^|/)\.github/(workflows|actions)/.+\.ya?ml$",
    "gomod": r"(^|/)go\.mod$",
    "pip_requirements": r"(^|/)[\w-]*requirements([-._]\w+)?\.(txt|pip)$",
    "pyenv": r"(^|/)\.python-version$",
}
# The lines that each manager takes a version from. It lets indirect requirements of Go pass, but for tools.
LINES = {
    "github-actions": r"uses: [\w./-]+@(?P<version>[0-9a-f]{40}) # v|(?:python|go|node)-version: \"?(?P<other>[\d.]+)",
    "gomod": r"^(?:go|(?:require)?\s+(?P<module>\S+)|\s*(?:replace )?\S+ => \S+) (?P<version>v?\d\S*)",
    "pip_requirements": r"^[\w.-]+(?:\[[^\]]+\])?==(?P<version>[\w.]+)",
    "pyenv": r"^(?P<version>[\d.]+)$",
}
BRACES = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, order=True)
class Pin:
    """A version, and the line of a file of the repository that holds it."""

    path: str
    line: int
    version: str


def config() -> dict[str, Any]:
    return dict(json.loads(CONFIG.read_text()))


def seen(config: dict[str, Any], root: Path, paths: list[str]) -> set[Pin]:
    """Return the pins that Renovate would find in these files."""
    read = [path for path in paths if not any(_ignores(rule, path) for rule in config["ignorePaths"])]
    enabled = config["enabledManagers"]
    found = {pin for name in FILES if name in enabled for pin in _by_manager(name, config, root, read)}
    if "custom.regex" in enabled:
        found |= {pin for manager in config["customManagers"] for pin in _by_regex(manager, root, read)}
    return found


def python_pattern(pattern: str) -> str:
    """Return a pattern of Renovate's as Python writes it."""
    return pattern.replace("(?<", "(?P<")


def _by_manager(name: str, config: dict[str, Any], root: Path, paths: list[str]) -> Iterator[Pin]:
    patterns = [FILES[name], *_patterns(config.get(name, {}))]
    for path in paths:
        if any(re.search(pattern, path) for pattern in patterns):
            text = (root / path).read_text()
            for number, line in enumerate(text.splitlines(), start=1):
                match = re.search(LINES[name], line)
                if match and not (name == "gomod" and _is_left_out(match, line, text, path, config)):
                    yield Pin(path, number, next(each for each in (match["version"], *_other(match)) if each))


def _other(match: re.Match[str]) -> list[str]:
    return [match["other"]] if "other" in match.re.groupindex else []


def _is_left_out(match: re.Match[str], line: str, text: str, path: str, config: dict[str, Any]) -> bool:
    """Check whether it is an indirect requirement that neither a tool line nor a rule of ours turns on."""
    module = match["module"]
    if module is None or not line.endswith("// indirect"):
        return False
    return module not in tool_modules(text) and not any(
        rule.get("enabled") and path in rule["matchFileNames"] and module in rule["matchPackageNames"]
        for rule in config["packageRules"]
    )


def tool_modules(text: str) -> set[str]:
    """Return the required module of each tool line of a go.mod: the longest one that its package is in."""
    modules = re.findall(r"^(?:require)?\s+(\S+) v\S+", text, re.MULTILINE)
    block = re.search(r"^tool \((.*?)^\)", text, re.MULTILINE | re.DOTALL)
    packages = block[1].split() if block else re.findall(r"^tool (\S+)", text, re.MULTILINE)
    return {max((each for each in modules if f"{package}/".startswith(f"{each}/")), key=len) for package in packages}


def _by_regex(manager: dict[str, Any], root: Path, paths: list[str]) -> Iterator[Pin]:
    for path in paths:
        if any(re.search(pattern, path) for pattern in _patterns(manager)):
            text = (root / path).read_text()
            for pattern in manager["matchStrings"]:
                for match in re.finditer(python_pattern(pattern), text):
                    line = text.count("\n", 0, match.start("currentValue")) + 1
                    yield Pin(path, line, match["currentValue"])


def _patterns(manager: dict[str, Any]) -> list[str]:
    """Return file patterns; Renovate writes regular expressions between slashes."""
    return [pattern[1:-1] for pattern in manager.get("managerFilePatterns", [])]


def _ignores(rule: str, path: str) -> bool:
    """Check a path as Renovate does: it holds the rule's text, or the rule matches it as a glob without crossing /."""
    return rule in path or any(fnmatch(path, each) and path.count("/") == each.count("/") for each in _expanded(rule))


def _expanded(glob: str) -> list[str]:
    match = BRACES.search(glob)
    if match is None:
        return [glob]
    before, after = glob[: match.start()], glob[match.end() :]
    return [each for part in match[1].split(",") for each in _expanded(f"{before}{part}{after}")]
