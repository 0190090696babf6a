"""The fast tests' fixtures; what they may import."""

import pytest

from tests.support.unit import fixtures
from tests.support.unit.fixtures import dev, prod, stack

__all__ = ["dev", "prod", "stack"]


def pytest_collection_finish(session: pytest.Session) -> None:
    fixtures.refuse_imports(session)
