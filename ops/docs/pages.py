"""Generated documentation: blocks between marks of a page, and whole files.

A block is between ``<!-- name: begin -->`` and ``<!-- name: end -->``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Written:
    """Generated texts."""

    blocks: Mapping[str, Mapping[str, str]]
    """Texts of blocks, by page and name."""
    files: Mapping[str, str]
    """Texts of whole files, by path."""

    def outdated(self, root: Path) -> list[str]:
        """Return the pages and files that differ from the generated texts."""
        texts = {page: (root / page).read_text(encoding="utf-8") for page in self.blocks}
        pages = [page for page, text in texts.items() if self.render(text, page) != text]
        return pages + [name for name, text in self.files.items() if not _holds(root / name, text)]

    def write(self, root: Path) -> Iterator[Path]:
        """Update every page and file, and yield those that were out of date."""
        for name in self.outdated(root):
            path = root / name
            text = self.files.get(name) or self.render(path.read_text(encoding="utf-8"), name)
            path.write_text(text, encoding="utf-8")
            yield path

    def render(self, text: str, page: str) -> str:
        """Return a page with every block updated.

        Raises:
            ValueError: The marks of a block are missing.
        """
        for name, block in self.blocks[page].items():
            begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
            before, found_begin, rest = text.partition(begin)
            _, found_end, after = rest.partition(end)
            if not (found_begin and found_end):
                raise ValueError(f"{begin} and {end} are not both in {page}")
            text = f"{before}{begin}\n{block}\n{end}{after}"
        return text


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text
