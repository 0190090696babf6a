"""A failing resource of every type: the next `up` goes on from what is there, and the last one finishes."""

from local.engine.runs import RunFailedError
from local.world.world import World
from tests.support.engine.world import world

MADE = ("aws:", "tls:", "kubernetes:")


def types() -> set[str]:
    """Every type that the stand-ins make for prod, which has some that dev has not."""
    with world("prod") as sample:
        sample.session.up()
        return {deed.type for deed in sample.deeds if deed.type.startswith(MADE)}


def waiting(made: World) -> int:
    """Failures that no `up` has met yet."""
    return sum(len(each.faults.waiting) for each in made.stand_ins)


def test_whatever_fails_the_next_up_goes_on() -> None:
    """What fails together, because it is made at the same time, fails in one `up`: that order is the engine's."""
    every = types()
    assert len(every) > 30
    with world("prod") as made:
        made.session.change({"protect": False})
        for type_ in every:
            made.fail_once(type_)
        # A release whose pods do not become ready in time: made, and not done.
        made.cluster.faults.once("mesh-istio-istiod-1-31-1", "ready")
        failed = 0
        while before := waiting(made):
            assert not goes_through(made)
            assert waiting(made) < before
            failed += 1
        assert failed > 10
        assert goes_through(made)
        assert made.session.preview().changes() == []
        made.session.destroy()
        assert made.account.leftovers() == []
        assert made.cluster.leftovers() == []


def goes_through(made: World) -> bool:
    """Whether one `up` does."""
    try:
        made.session.up()
    except RunFailedError:
        return False
    return True
