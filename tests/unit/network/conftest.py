"""A network with one NAT gateway, and one with a gateway in every zone."""

import pytest

from tests.support.unit.network_stack import ZONES, built
from tests.support.unit.recorded import Stack


@pytest.fixture(scope="session")
def single() -> Stack:
    return built(ZONES, nat="single")


@pytest.fixture(scope="session")
def per_zone() -> Stack:
    return built(ZONES, nat="per-zone")
