"""Parts of a Markdown page that can be shortened without breaking the rest."""

import html
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

# Characters.
LONGEST_VALUE = 100
LONGEST_LINE = 400
ELLIPSIS = "\u2026"


@dataclass
class Shortener:
    """Cuts lists and counts the omitted lines."""

    most: int | None
    """Maximum number of lines per list; ``None`` for no limit."""
    left_out: int = 0
    """Lines omitted so far."""

    def cut(self, found: Sequence[str], *, weight: int = 1) -> tuple[Sequence[str], int]:
        """Return the kept lines and the number of omitted ones; ``weight`` multiplies the limit for important lists."""
        if self.most is None or len(found) <= self.most * weight:
            return found, 0
        left = len(found) - self.most * weight
        self.left_out += left
        return found[: self.most * weight], left

    def listed(self, items: Iterable[str], *, weight: int = 1) -> list[str]:
        """Return a list with one line per item; an indented item belongs to the one above it."""
        kept, left = self.cut(list(items), weight=weight)
        lines = (f"{each[: len(each) - len(each.lstrip())]}- {each.lstrip()}" for each in kept)
        return [*lines, *([f"- {ELLIPSIS} and {left} more"] if left else [])]

    def fenced(self, found: Sequence[str], language: str = "diff") -> list[str]:
        """Return the lines in a code fence that is longer than any run of backticks in them."""
        kept, left = self.cut([clipped(each, LONGEST_LINE) for each in found])
        if not kept:
            return [f"{left} lines omitted."] if left else []
        longest = max((len(run) for each in kept for run in re.findall(r"`+", each)), default=0)
        fence = "`" * max(3, longest + 1)
        return [f"{fence}{language}", *kept, *([f"{ELLIPSIS} {left} more lines"] if left else []), fence]


def folded(summary: str, body: Iterable[str], *, open_: bool = False) -> list[str]:
    """Return a section that opens at a click; nothing if it is empty."""
    lines = list(body)
    if not lines:
        return []
    return [f"<details{' open' if open_ else ''}><summary>{summary}</summary>", "", *lines, "", "</details>", ""]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a table, with bars inside cells escaped."""
    lines = ["| " + " | ".join(each.replace("|", "\\|") for each in row) + " |" for row in [head, *rows]]
    return [lines[0], "|" + " --- |" * len(head), *lines[1:], ""]


def code(text: str) -> str:
    """Return the text as inline code on one line: its markup and mentions have no effect."""
    plain = " ".join(text.split()) or " "
    longest = max((len(run) for run in re.findall(r"`+", plain)), default=0)
    ticks = "`" * (longest + 1)
    space = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{ticks}{space}{plain}{space}{ticks}"


def text(said: str) -> str:
    """Return the text as prose on one line, with Markdown, HTML and mentions escaped; simple inline code is kept."""
    escaped = html.escape(" ".join(said.split()), quote=False)
    safe = re.sub(r"([\\`*_\[\]#~|])", r"\\\1", escaped).replace("@", "@\u200b")
    return re.sub(r"\\`([A-Za-z0-9 =./-]+)\\`", r"`\1`", safe)


def clipped(said: str, longest: int) -> str:
    """Cut a text to ``longest`` characters."""
    return said if len(said) <= longest else said[: longest - 1] + ELLIPSIS


def value(given: Any) -> str:
    """Return a value of the document, shortened."""
    if given is None:
        return "null"
    said = given if isinstance(given, str) else json.dumps(given, sort_keys=True, ensure_ascii=False)
    return code(clipped(said, LONGEST_VALUE)) if said else "an empty string"


def values(before: Any, after: Any) -> str:
    """Return both values; for two long texts the part where they begin to differ."""
    if isinstance(before, str) and isinstance(after, str) and max(len(before), len(after)) > LONGEST_VALUE:
        same = next((at for at, (old, new) in enumerate(zip(before, after, strict=False)) if old != new), 0)
        start = max(0, same - LONGEST_VALUE // 4)
        mark = ELLIPSIS if start else ""
        before, after = mark + before[start:], mark + after[start:]
    return f"{value(before)} \u2192 {value(after)}"
