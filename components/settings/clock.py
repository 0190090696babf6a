"""The only reader of the system clock: everything else takes a day or a timestamp as an argument.

Days are UTC days everywhere, so that a stack file is valid or invalid at the same time in every time zone.
"""

import datetime
import os

# Environment variable: set to any text, it makes ``now`` raise. The tests set it for every command that they start.
REFUSED = "ISTIO_EKS_CLOCK_REFUSED"


class ClockRefusedError(RuntimeError):
    """The system clock was read where the result must not depend on it."""


def now() -> datetime.datetime:
    """Return the current time, in UTC.

    Raises:
        ClockRefusedError: the environment variable ``REFUSED`` is set.
    """
    if os.environ.get(REFUSED):
        raise ClockRefusedError(
            f"The system clock was read although {REFUSED} is set: the result would change from day to day. Pass a "
            "day: `--today 2026-11-22` on the command line, a date or a datetime in a call."
        )
    return datetime.datetime.now(datetime.UTC)


def midnight(day: datetime.date) -> datetime.datetime:
    """Return the start of a day, in UTC."""
    return datetime.datetime.combine(day, datetime.time(), datetime.UTC)
