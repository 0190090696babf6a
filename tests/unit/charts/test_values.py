"""Our values and those of the settings, merged."""

from typing import Any

from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from components.charts.values import merge

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3) | st.lists(inner, max_size=2),
    max_leaves=8,
)
MAPS = st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3)


@effort(max_examples=50)
@given(ours=MAPS, theirs=MAPS)
def test_theirs_always_win(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    merged = merge(ours, theirs)
    assert merge(merged, theirs) == merged
    for key, value in theirs.items():
        if not (isinstance(value, dict) and isinstance(ours.get(key), dict)):
            assert merged[key] == value


@effort(max_examples=50)
@given(ours=MAPS, theirs=MAPS)
def test_what_they_do_not_name_stays(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    merged = merge(ours, theirs)
    assert {key: merged[key] for key in ours.keys() - theirs.keys()} == {
        key: ours[key] for key in ours.keys() - theirs.keys()
    }


def test_maps_merge_key_by_key_and_lists_are_replaced() -> None:
    ours = {"resources": {"limits": {"memory": "1Gi"}}, "tolerations": [1, 2]}
    theirs = {"resources": {"limits": {"cpu": "1"}}, "tolerations": [3]}
    assert merge(ours, theirs) == {"resources": {"limits": {"memory": "1Gi", "cpu": "1"}}, "tolerations": [3]}


def test_none_stays_for_helm_to_drop_the_default_of_the_chart() -> None:
    assert merge({"resources": {"limits": {"cpu": "1"}}}, {"resources": {"limits": {"cpu": None}}}) == {
        "resources": {"limits": {"cpu": None}}
    }


def test_merging_changes_neither_side() -> None:
    ours, theirs = {"a": {"b": 1}}, {"a": {"b": 2}}
    merge(ours, theirs)["a"]["b"] = 3
    assert (ours, theirs) == ({"a": {"b": 1}}, {"a": {"b": 2}})
