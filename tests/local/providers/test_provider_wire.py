"""Values go through the engine's envelopes and come back as they were."""

from typing import Any

import pytest
from google.protobuf.struct_pb2 import Struct
from hypothesis import given, settings
from hypothesis import strategies as st

from local.providers.protocol import wire
from ops.diff.tables.unknown import UNKNOWN
from ops.offline.monitor import ENVELOPE_KEY

keys = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=4)
values = st.recursive(
    st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=5) | st.just(UNKNOWN),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=50)
@given(plain=st.dictionaries(keys, values, max_size=4))
def test_what_is_written_is_read(plain: dict[str, Any]) -> None:
    assert wire.read(wire.write(plain)).plain == plain


@settings(max_examples=50)
@given(plain=st.dictionaries(keys, values, min_size=1, max_size=4))
def test_secrets_stay_where_they_were(plain: dict[str, Any]) -> None:
    hidden = {(key,) for key in list(plain)[::2]}

    read = wire.read(wire.write(plain, hidden))

    assert read.plain == plain
    assert read.secrets == hidden


def test_a_nested_secret_is_hidden_alone() -> None:
    read = wire.read(wire.write({"values": {"a": 1, "b": ["x", "y"]}}, {("values", "b", 1)}))

    assert read.secrets == {("values", "b", 1)}


def test_what_became_of_a_secret_is_hidden_as_a_whole() -> None:
    assert wire.read(wire.write({"values": "text"}, {("values", "b")})).secrets == {("values",)}


def test_an_output_without_a_value_is_unknown_and_one_with_a_value_is_the_value() -> None:
    struct = Struct()
    struct.update(
        {
            "later": {ENVELOPE_KEY: wire.OUTPUT_ENVELOPE},
            "now": {ENVELOPE_KEY: wire.OUTPUT_ENVELOPE, "value": 1, "secret": True},
        }
    )

    read = wire.read(struct)

    assert read.plain == {"later": UNKNOWN, "now": 1}
    assert read.secrets == {("now",)}


def test_nothing_is_left_out_of_maps_and_kept_in_lists() -> None:
    struct = Struct()
    struct.update({"a": None, "b": {"c": None}, "d": [None, 1]})

    assert wire.read(struct).plain == {"b": {}, "d": [None, 1]}


@pytest.mark.parametrize("value", [UNKNOWN, [UNKNOWN], {"a": {"b": [1, UNKNOWN]}}])
def test_the_unknown_is_found_however_deep(value: Any) -> None:
    assert not wire.known(value)


def test_a_value_no_provider_has_is_refused() -> None:
    with pytest.raises(TypeError, match="set"):
        wire.write({"a": {1, 2}})
