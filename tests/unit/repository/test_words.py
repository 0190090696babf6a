"""Messages and pages do without the words that ``tests.support.unit.words`` lists."""

import pytest

from tests.support.unit import words


def test_no_message_and_no_page_has_a_refused_word() -> None:
    assert [f"{path}:{line}: {name}: {text}" for name, path, line, text in words.found()] == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('"""Told to nobody at all."""\n', []),
        ('x = Problem(reason="is told to nobody.")\n', [(1, "is told to nobody.")]),
        ('x = (\n    f"The {name} stands "\n    "in the way."\n)\n', [(2, "The x stands in the way.")]),
        ('x = {"way out": 1}\n', []),
    ],
)
def test_messages_are_read_and_docstrings_are_not(source: str, found: list[tuple[int, str]]) -> None:
    assert list(words.messages(source)) == found


def test_code_on_a_page_is_not_read() -> None:
    assert words.prose("`site` stands\n```sh\nmake told\n```\nheld\n") == " stands\n\n\n\nheld\n"


def test_the_search_sees_pages_and_messages() -> None:
    files = {path for path, _, _ in words.texts()}
    assert {"README.md", "docs/pipelines.md", "components/gateways/rules.py", "ops/preflight/checks.py"} <= files
