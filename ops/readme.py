"""The parts of README.md that are written by the code they describe."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ops import graph, reference

README = "README.md"


def blocks(document: Mapping[str, Any]) -> dict[str, str]:
    """Text of every generated block by its name; it stands between ``<!-- name: begin -->`` and ``end``."""
    return {
        "graph": f"```mermaid\n{graph.render(document)}\n```",
        "settings": reference.markdown(),
    }


def render(text: str, document: Mapping[str, Any]) -> str:
    """A page with every block brought up to date.

    Raises ValueError when a block's marks are missing.
    """
    for name, block in blocks(document).items():
        begin, end = _marks(name)
        before, found_begin, rest = text.partition(begin)
        _, found_end, after = rest.partition(end)
        if not (found_begin and found_end):
            raise ValueError(f"{begin} and {end} are not both in the page")
        text = f"{before}{begin}\n{block}\n{end}{after}"
    return text


def write(root: Path, document: Mapping[str, Any]) -> Iterator[Path]:
    """Bring README.md up to date; yields it when it was not."""
    path = root / README
    text = path.read_text(encoding="utf-8")
    fresh = render(text, document)
    if fresh != text:
        path.write_text(fresh, encoding="utf-8")
        yield path


def is_current(root: Path, document: Mapping[str, Any]) -> bool:
    """Whether README.md says what the code says."""
    text = (root / README).read_text(encoding="utf-8")
    return render(text, document) == text


def _marks(name: str) -> tuple[str, str]:
    return f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
