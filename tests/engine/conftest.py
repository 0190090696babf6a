"""Both stacks brought up once; tests that change one bring up their own."""

from collections.abc import Iterator

import pytest

from tests.engine.world import World, world


@pytest.fixture(scope="module", params=["dev", "prod"])
def stack(request: pytest.FixtureRequest) -> Iterator[World]:
    """Each of both, up, and not changed by its tests."""
    with world(request.param) as made:
        made.session.up()
        yield made


@pytest.fixture(scope="module")
def dev() -> Iterator[World]:
    """The stack dev, up."""
    with world("dev") as made:
        made.session.up()
        yield made
