"""What code writes of the documentation: blocks between marks of a page, and whole files.

A block stands between ``<!-- name: begin -->`` and ``<!-- name: end -->``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Written:
    """Texts by where they go: of ``blocks`` by page and name, of ``files`` by path."""

    blocks: Mapping[str, Mapping[str, str]]
    files: Mapping[str, str]

    def outdated(self, root: Path) -> list[str]:
        """Pages and files that do not say what the code says."""
        texts = {page: (root / page).read_text(encoding="utf-8") for page in self.blocks}
        pages = [page for page, text in texts.items() if self.render(text, page) != text]
        return pages + [name for name, text in self.files.items() if not _holds(root / name, text)]

    def write(self, root: Path) -> Iterator[Path]:
        """Bring every page and file up to date; yields those that were not."""
        for name in self.outdated(root):
            path = root / name
            text = self.files.get(name) or self.render(path.read_text(encoding="utf-8"), name)
            path.write_text(text, encoding="utf-8")
            yield path

    def render(self, text: str, page: str) -> str:
        """A page with every block of it brought up to date.

        Raises ValueError when a block's marks are missing.
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
