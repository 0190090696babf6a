"""The real clock in tests: it is refused, unless something asks for it by name."""

import datetime
import os
from collections.abc import Iterator
from contextlib import contextmanager

from components.settings import clock


def refuse() -> None:
    """Let the clock refuse from now on, in this process and in those that it starts."""
    os.environ[clock.REFUSED] = "1"


def now() -> datetime.datetime:
    """Return this moment, by name: for what somebody else's program holds against the machine's clock."""
    with allowed():
        return clock.now()


@contextmanager
def allowed() -> Iterator[None]:
    """Let the clock answer inside the block."""
    before = os.environ.pop(clock.REFUSED, None)
    try:
        yield
    finally:
        if before is not None:
            os.environ[clock.REFUSED] = before
