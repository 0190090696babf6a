"""Pages lead to pages that there are, and every folder is on the first one."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.support.stack_files import ROOT

PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("*/README.md"), *ROOT.glob("examples/*/README.md")]
)
LINK = re.compile(r"\]\((?!\w+:)(?P<path>[^)#]*)(?:#(?P<anchor>[^)]+))?\)")


def anchors(page: Path) -> set[str]:
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken(page: Path) -> list[str]:
    found = []
    for link in LINK.finditer(page.read_text()):
        target = page.parent / link["path"] if link["path"] else page
        if not target.exists() or (link["anchor"] and link["anchor"] not in anchors(target)):
            found.append(link[0])
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    assert broken(page) == []


def test_a_link_that_leads_nowhere_would_be_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A page\n[here](#a-page) [there](page.md#nothing) [gone](gone.md) [out](https://example.com)\n")
    assert broken(page) == ["](page.md#nothing)", "](gone.md)"]


@pytest.mark.parametrize("page", ["docs/app-teams.md", "docs/outputs.md", "examples/app-team/README.md"])
def test_app_teams_find_their_pages_on_the_first_one(page: str) -> None:
    assert f"]({page})" in (ROOT / "README.md").read_text()


def test_every_folder_is_on_the_first_page() -> None:
    listed = subprocess.run(["git", "ls-files", "*/*"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    folders = {line.split("/")[0] for line in listed.splitlines() if not line.startswith(".")}
    text = (ROOT / "README.md").read_text()
    assert {each for each in folders if f"| `{each}/` |" not in text} == set()
