"""Messages and pages do without the words that ``tests.support.unit.words`` lists."""

from collections import Counter

import pytest

from tests.support.unit import words

# Words that still occur, and how often: a number may only fall (`python -m tests.support.unit.words` prints them).
PENDING = {
    "anew": 5,
    "goes": 39,
    "held": 4,
    "nobody, somebody": 29,
    "played": 2,
    "proofs": 1,
    "room": 5,
    "seeds": 1,
    "stand, stands": 9,
    "told, tells": 6,
    "way in, way out": 3,
    "whoever": 9,
}


def test_refused_words_do_not_return() -> None:
    every = list(words.found())
    counts = Counter(name for name, *_ in every)
    more = {name for name, count in counts.items() if count > PENDING.get(name, 0)}
    assert [f"{path}:{line}: {name}: {text}" for name, path, line, text in every if name in more] == []


def test_what_is_pending_is_on_the_list() -> None:
    assert PENDING.keys() - words.REFUSED.keys() == set()


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
