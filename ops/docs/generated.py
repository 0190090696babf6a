"""The parts of README.md and docs/, and the files, that are written by the code they describe."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from benchmarks.scale import page as scale
from components.trust import alerts
from ops.docs import outputs as outputs_reference
from ops.docs import settings as reference
from ops.preview import graph

README = "README.md"
PROMETHEUS = "docs/prometheus-rules.yaml"
# Each page and the generated blocks in it; a block stands between ``<!-- name: begin -->`` and ``end``.
PAGES = {README: ("graph", "settings"), "docs/outputs.md": ("outputs",), scale.PAGE: scale.BLOCKS}


def blocks(document: Mapping[str, Any]) -> dict[str, str]:
    """Text of every generated block by its name."""
    return {
        "graph": f"```mermaid\n{graph.render(document)}\n```",
        "settings": reference.markdown(),
        "outputs": outputs_reference.markdown(),
        **scale.blocks(),
    }


def files() -> dict[str, str]:
    """Files that are written whole, by their paths."""
    head = "# Written by `make docs` from components/trust/alerts.py.\n"
    rules = yaml.safe_dump(alerts.rules(), sort_keys=False, width=120)
    return {PROMETHEUS: head + rules, **scale.files()}


def render(text: str, page: str, document: Mapping[str, Any]) -> str:
    """A page with every block of it brought up to date.

    Raises ValueError when a block's marks are missing.
    """
    known = blocks(document)
    for name in PAGES[page]:
        begin, end = _marks(name)
        before, found_begin, rest = text.partition(begin)
        _, found_end, after = rest.partition(end)
        if not (found_begin and found_end):
            raise ValueError(f"{begin} and {end} are not both in {page}")
        text = f"{before}{begin}\n{known[name]}\n{end}{after}"
    return text


def write(root: Path, document: Mapping[str, Any]) -> Iterator[Path]:
    """Bring every page up to date; yields those that were not."""
    for page in outdated(root, document):
        path = root / page
        text = files().get(page) or render(path.read_text(encoding="utf-8"), page, document)
        path.write_text(text, encoding="utf-8")
        yield path


def outdated(root: Path, document: Mapping[str, Any]) -> list[str]:
    """Pages and files that do not say what the code says."""
    texts = {page: (root / page).read_text(encoding="utf-8") for page in PAGES}
    pages = [page for page, text in texts.items() if render(text, page, document) != text]
    return pages + [name for name, text in files().items() if not _holds(root / name, text)]


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def _marks(name: str) -> tuple[str, str]:
    return f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
