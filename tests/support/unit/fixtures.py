"""The two committed stacks, each evaluated once a worker, and what the fast tests may not import."""

import sys

import pytest

from tests.support.unit import harness
from tests.support.unit.recorded import Stack

# Of requirements-local, which `make test` does without.
NOT_THERE = {"boto3", "moto"}
FAST = {"unit", "local"}


def refuse_imports(session: pytest.Session) -> None:
    """Fail a run of fast tests alone that imported one too many.

    Where it is installed, the import would be seen on the next fresh machine only.
    """
    imported = NOT_THERE & sys.modules.keys()
    if imported and all(FAST & set(item.path.parts) for item in session.items):
        raise pytest.UsageError(f"The fast tests may import nothing of requirements-local, yet imported {imported}.")


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
