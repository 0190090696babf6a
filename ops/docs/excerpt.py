"""A short excerpt of a preview, for the README: real lines, with "…" where some are left out."""

import re
from collections.abc import Callable, Iterator, Sequence

ELISION = "…"
_TITLE = re.compile(r"(?P<title>[A-Z][\w ]*) ─+")
_FIRST_ROWS = 3

Lines = Sequence[str]


def excerpt(preview: str) -> str:
    """Return the counts, components, node groups and price of a preview: what does not change with the day."""
    head, sections = _split(preview.splitlines())
    chosen = [head[1], ELISION]
    for title, lines in sections:
        if title in _CHOSEN:
            chosen += [f"{title} ───", *_CHOSEN[title](lines), ELISION]
    return "\n".join(chosen[:-1])


def _split(lines: Lines) -> tuple[list[str], list[tuple[str, list[str]]]]:
    head: list[str] = []
    sections: list[tuple[str, list[str]]] = []
    for line in lines:
        title = _TITLE.fullmatch(line)
        if title:
            sections.append((title["title"], []))
        else:
            (sections[-1][1] if sections else head).append(line)
    return head, sections


def _components(lines: Lines) -> Iterator[str]:
    """Yield the components of the stack itself; one whose resources go on in the next line is left out."""
    for line in lines:
        if line.startswith(("├", "└")) and not line.endswith(","):
            yield line


def _price(lines: Lines) -> Iterator[str]:
    rows = [line for line in lines if "$" in line]
    yield from rows[:_FIRST_ROWS]
    yield ELISION
    yield rows[-1]


def _capacity(lines: Lines) -> Iterator[str]:
    """Yield the node groups and their heading."""
    yield from (lines[0], *lines[2:4])


_CHOSEN: dict[str, Callable[[Lines], Iterator[str]]] = {
    "Components": _components,
    "Capacity": _capacity,
    "Price": _price,
}
