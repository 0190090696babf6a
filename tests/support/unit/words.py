"""Words that messages and pages do not use, and where they still occur: ``python -m tests.support.unit.words``."""

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.support.stack_files import ROOT

# Each with what the field says.
REFUSED = {
    "told, tells": r"\b(told|tells)\b",  # says, reports, prints; is given
    "nobody, somebody": r"\b(nobody|somebody)\b",  # no one who …; name the person or role
    "whoever": r"\bwhoever\b",  # anyone who, the caller, the role
    "anew": r"\banew\b",  # again
    "stand, stands": r"\bstands?\b(?!-ins?\b| ins?\b)",  # is, are; a stand-in is one
    "held": r"\bheld\b",  # kept, compared with
    "site": r"\bsite\b",  # context
    "played": r"\bplayed\b",  # simulated
    "deed": r"\bdeeds?\b",  # action
    "goes": r"\bgoes\b",  # is deleted, is removed; follows
    "room": r"\brooms?\b",  # headroom, capacity
    "way in, way out": r"\bways? (in|out)\b(?! which\b| of\b)",  # gateway, ingress; egress
    "in the words of": r"\bin the words of\b",  # as … writes it
    "proofs": r"\bproofs?\b",  # integration tests
    "seeds": r"\bseeds?\b",  # the two published tuning guides
}
PAGES = ("README.md", "SECURITY.md", "CHANGELOG.md", "docs/**/*.md", "local/README.md", "examples/*/README.md")
# Where the texts are written that a person reads on a terminal or in a pull request.
MODULES = ("components/**/*.py", "ops/**/*.py", "local/needs.py", "local/machine/needs.py", "local/tryout/*.py")
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
# Shorter ones are names, keys and formats.
LEAST_WORDS = 3


def texts() -> Iterator[tuple[str, int, str]]:
    """Yield every text: the file, its line there, and the words."""
    for pattern in PAGES:
        for path in sorted(ROOT.glob(pattern)):
            yield from _lines(path, prose(path.read_text()))
    for pattern in MODULES:
        for path in sorted(ROOT.glob(pattern)):
            yield from ((_name(path), line, text) for line, text in messages(path.read_text()))


def prose(page: str) -> str:
    """Return a page without its code; the lines keep their numbers."""
    return CODE.sub(lambda code: "\n" * code[0].count("\n"), page)


def messages(module: str) -> Iterator[tuple[int, str]]:
    """Yield the string literals of some words, f-strings as one, with their line; no docstrings."""
    tree = ast.parse(module)
    skipped = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        text = _text(node) if isinstance(node, ast.JoinedStr) or id(node) not in parts else ""
        if len(text.split()) >= LEAST_WORDS:
            yield getattr(node, "lineno", 0), text


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) if isinstance(part, ast.Constant) else "x" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _lines(path: Path, text: str) -> Iterator[tuple[str, int, str]]:
    yield from ((_name(path), number, line) for number, line in enumerate(text.splitlines(), start=1))


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def found() -> Iterator[tuple[str, str, int, str]]:
    """Yield every refused word that occurs: its name, the file, the line, and the text around it."""
    for path, line, text in texts():
        for name, pattern in REFUSED.items():
            for match in re.finditer(pattern, text, re.IGNORECASE):
                yield name, path, line, text[max(0, match.start() - 40) : match.end() + 40].replace("\n", " ")


def main() -> int:
    """Print every place, then the counts."""
    every = list(found())
    for name, path, line, around in every:
        print(f"{path}:{line}: {name}: … {around.strip()} …")
    print(dict(Counter(name for name, *_ in every)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
