"""The excerpt of a preview holds real lines of it, and no line that changes with the day."""

import datetime

import pytest

from ops import stacks
from ops.docs.excerpt import ELISION, excerpt
from ops.preview import text
from tests.support.days import TODAY
from tests.support.stack_files import ROOT


@pytest.fixture(scope="module")
def preview() -> str:
    return text.text(stacks.plan(ROOT, "dev", None, TODAY))


def test_every_line_is_the_previews(preview: str) -> None:
    lines = excerpt(preview).splitlines()
    shown = [line for line in lines if line != ELISION and not line.endswith(" ───")]
    assert [line for line in shown if line not in preview.splitlines()] == []


def test_it_shows_components_nodes_and_price(preview: str) -> None:
    lines = excerpt(preview).splitlines()
    assert len(lines) < 30
    assert sum(line.startswith(("├", "└")) for line in lines) > 4
    assert sum(line.startswith(("system ", "apps ")) for line in lines) > 1
    assert any(line.startswith("EKS cluster") for line in lines)


def test_another_day_changes_nothing(preview: str) -> None:
    later = text.text(stacks.plan(ROOT, "dev", None, TODAY + datetime.timedelta(days=3)))
    assert later != preview
    assert excerpt(later) == excerpt(preview)
