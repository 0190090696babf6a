"""Everything here but the tests of the machine itself runs inside of one, and every worker in a network of its own."""

import os
from functools import cache

import pytest

from local import machine
from tests import needs

# They start machines of their own.
OUTSIDE = ("test_machine.py", "test_machine_ends.py")

# Before this worker starts anything that would stay in the network of the others.
if machine.inside() and "PYTEST_XDIST_WORKER" in os.environ:
    machine.fresh_network()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Say what is lacking before any fixture tries without it."""
    missing = _missing()
    if missing:
        needs.lacking("\n".join(["No machine of namespaces can be made here.", *missing]))
    if item.path.name not in OUTSIDE and not machine.inside():
        needs.lacking("It runs inside a machine of namespaces: make test-mesh.")


@cache
def _missing() -> list[str]:
    return machine.lacking()
