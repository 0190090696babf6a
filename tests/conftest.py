"""No test of any tier reads the clock, but for what asks here by name."""

import datetime

import pytest

from design import clock
from tests.support import real_time

# Before any module of tests is imported: what it reads while it is imported is read by a test.
real_time.refuse()


@pytest.fixture(scope="session")
def this_moment() -> datetime.datetime:
    """The moment at which somebody first asked, to the second.

    For certificates that a TLS handshake must accept: OpenSSL takes no day from us. Settings beside them take this day.
    """
    with real_time.allowed():
        return clock.now().replace(microsecond=0)
