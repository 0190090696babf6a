"""The two committed stacks, each evaluated once a worker."""

import sys

import pytest

from tests.unit import harness
from tests.unit.harness import Stack

# Of requirements-local, which `make test` does without.
NOT_THERE = {"boto3", "moto"}


def pytest_collection_finish(session: pytest.Session) -> None:
    """Where it is installed, an import too many would be seen on the next fresh machine only."""
    imported = NOT_THERE & sys.modules.keys()
    if imported and all("unit" in item.path.parts for item in session.items):
        raise pytest.UsageError(f"tests/unit may import nothing of requirements-local, yet imported {imported}.")


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
