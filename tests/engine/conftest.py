"""Both stacks brought up once; tests that change one bring up their own."""

import sys
from collections.abc import Iterator

import pytest

from local.world.world import World
from tests.support.engine.world import world

# Of the SDK, and still waiting when the engine is gone.
WAITING = ("run_in_stack", "run_pulumi_func")


def pytest_configure() -> None:
    """Keep quiet about programs that the engine ended: the SDK leaves their coroutines to the collector."""
    told = sys.unraisablehook

    def hook(fault: "sys.UnraisableHookArgs") -> None:
        if not any(each in repr(fault.object) for each in WAITING):
            told(fault)

    sys.unraisablehook = hook


@pytest.fixture(scope="module", params=["dev", "prod"])
def stack(request: pytest.FixtureRequest) -> Iterator[World]:
    """Each of both, up, and not changed by its tests."""
    with world(request.param) as made:
        made.session.up()
        yield made
