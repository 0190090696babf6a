"""The two committed stacks, each evaluated once a worker."""

import pytest

from tests.unit import harness
from tests.unit.harness import Stack


@pytest.fixture(scope="session")
def dev() -> Stack:
    return harness.preview("dev")


@pytest.fixture(scope="session")
def prod() -> Stack:
    return harness.preview("prod")


@pytest.fixture(scope="session", params=["dev", "prod"])
def stack(request: pytest.FixtureRequest, dev: Stack, prod: Stack) -> Stack:
    """Each of both."""
    return {"dev": dev, "prod": prod}[request.param]
