"""No test of any tier reads the clock but by a name given here, and none depends on chance or on a busy machine."""

import datetime

import hypothesis
import pytest

from tests.support import real_time

# The same examples in every run, and none that fails because the machine is busy.
hypothesis.settings.register_profile(
    "tests", derandomize=True, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("tests")

# Before any module of tests is imported: what it reads while it is imported is read by a test.
real_time.refuse()


@pytest.fixture(scope="session")
def this_moment() -> datetime.datetime:
    """The moment at which somebody first asked, to the second.

    For certificates that a TLS handshake must accept: OpenSSL takes no day from us. Settings beside them take this day.
    """
    return real_time.now().replace(microsecond=0)
