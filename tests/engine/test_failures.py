"""A failing resource of every type in turn: the next `up` goes on from what is there, and the last one finishes."""

import pytest

from local.engine import Failed
from tests.engine.world import World, world

MADE = ("aws:", "tls:", "kubernetes:")


def in_order_of_creation() -> list[str]:
    """Every type that the stand-ins make for dev, in the order in which the engine first makes one."""
    with world("dev") as sample:
        sample.session.up()
        return list(dict.fromkeys(deed.type for deed in sample.deeds if deed.type.startswith(MADE)))


def test_whatever_fails_the_next_up_goes_on() -> None:
    types = in_order_of_creation()
    assert len(types) > 30
    with world("dev") as made:
        for type_ in types:
            fails(made, type_)
        made.session.up()
        assert made.session.preview().changes() == []
        made.session.destroy()
        assert made.account.leftovers() == []
        assert made.cluster.leftovers() == []


def fails(made: World, type_: str) -> None:
    made.fail_once(type_)
    with pytest.raises(Failed) as failed:
        made.session.up()
    assert type_ in failed.value.run.text or type_.rpartition(":")[2] in failed.value.run.text
