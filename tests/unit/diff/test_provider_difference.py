"""Which changes replace, by the table and by the shape of the change."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops.diff.tables import difference, replacement
from ops.diff.tables.replacement import Rule
from ops.diff.tables.unknown import UNKNOWN

RULE = Rule(
    replaces=("name", "rules.*.port", "spec.selector"),
    updates=("spec.selector.free",),
    identity=("name", "spec.zone"),
    source="made up",
)
OLDS = {"name": "a", "rules": [{"port": 1, "text": "x"}], "spec": {"selector": {"app": "a"}, "zone": "z", "size": 1}}


def changed(**news: Any) -> difference.Difference:
    return difference.between(RULE, OLDS, OLDS | news)


def texts(found: difference.Difference, *, replacing: bool = True) -> list[str]:
    return [change.text for change in found.changes if change.replaces is replacing]


json_values = st.recursive(
    st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@settings(max_examples=50)
@given(value=st.dictionaries(st.text(max_size=3), json_values, max_size=3))
def test_nothing_differs_from_itself(value: dict[str, Any]) -> None:
    rule = Rule(replaces=replacement.EVERYTHING, source="made up")

    assert difference.between(rule, value, value).changes == ()


@pytest.mark.parametrize(
    ("news", "replaces"),
    [
        ({"name": "b"}, ["name"]),
        ({"rules": [{"port": 2, "text": "x"}]}, ["rules[0].port"]),
        ({"rules": [{"port": 1, "text": "y"}]}, []),
        ({"rules": [OLDS["rules"][0], {"port": 3, "text": "x"}]}, ["rules[1].port"]),  # type: ignore[index]
        ({"rules": []}, ["rules[0].port"]),
        ({"spec": {"selector": {"app": "a", "x": "y"}, "zone": "z"}}, ["spec.selector.x"]),
        ({"spec": {"selector": {"app": "a", "free": "y"}, "zone": "z", "size": 1}}, []),
        ({"spec": {"selector": {"app": "a"}, "zone": "y", "size": 2}}, []),
    ],
)
def test_a_change_replaces_at_and_below_the_paths_of_its_rule(news: dict[str, Any], replaces: list[str]) -> None:
    assert texts(changed(**news)) == replaces


def test_a_map_that_goes_takes_what_replaces_with_it() -> None:
    gone = {key: value for key, value in OLDS.items() if key != "spec"}

    assert texts(difference.between(RULE, OLDS, gone)) == ["spec.selector.app"]


def test_what_is_not_known_yet_counts_as_changed_with_all_below() -> None:
    assert texts(changed(spec=UNKNOWN)) == ["spec"]
    assert texts(changed(rules=UNKNOWN)) == ["rules"]
    assert texts(changed(other=UNKNOWN), replacing=False) == ["other"]


def test_nothing_an_empty_list_and_an_empty_map_are_the_same() -> None:
    assert changed(a=[], b={}, c=None).changes == ()


def test_a_flag_is_not_a_number() -> None:
    assert [change.kind.value for change in difference.between(RULE, {"a": True}, {"a": 1}).changes] == ["UPDATE"]


def test_ignored_paths_do_not_count() -> None:
    news = OLDS | {"name": "b", "spec": {"selector": {"app": "b"}, "zone": "z", "size": 2}}

    found = difference.between(RULE, OLDS, news, ["name", "spec.selector"])

    assert texts(found) == []
    assert texts(found, replacing=False) == ["spec.size"]


def test_two_of_the_same_name_cannot_stand_side_by_side() -> None:
    assert changed(rules=[{"port": 2}]).deletes_first
    assert not changed(name="b").deletes_first
    assert not changed(spec={"selector": {"app": "b"}, "zone": "y"}).deletes_first
    assert not changed(rules=[{"port": 2}], **{difference.DEFAULTS: ["name"]}).deletes_first


def test_keys_that_are_no_words_are_quoted_as_the_engine_does() -> None:
    found = difference.between(RULE, {}, {"metadata": {"labels": {"istio.io/rev": "1"}}})

    assert texts(found, replacing=False) == ['metadata.labels["istio.io/rev"]']
    assert difference.parsed('metadata.labels["istio.io/rev"][0].x') == ("metadata", "labels", "istio.io/rev", "0", "x")


@pytest.mark.parametrize("table", [replacement.TLS, replacement.KUBERNETES])
def test_every_rule_names_its_source(table: dict[str, Rule]) -> None:
    assert all(rule.source for rule in table.values())
