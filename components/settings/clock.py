"""The only reader of the clock: everything else is handed a day or a moment, and can be asked about any other.

Days are those of UTC everywhere. A stack file is right or wrong at a moment, whatever time zone its reader lives in.
"""

import datetime
import os

# Set to any text, it makes ``now`` raise. The tests set it, for themselves and for every command that they start.
REFUSED = "ISTIO_EKS_CLOCK_REFUSED"


class ClockRefusedError(RuntimeError):
    """Something asked for the time of the real clock where a result may not depend on it."""


def now() -> datetime.datetime:
    """Return this moment, in UTC.

    Raises:
        ClockRefusedError: the environment sets ``REFUSED``.
    """
    if os.environ.get(REFUSED):
        raise ClockRefusedError(
            f"The clock was read, and {REFUSED} is set: the result would change from day to day. Hand a day over: "
            "`--today 2026-11-22` on a command line, a date or a moment in a call."
        )
    return datetime.datetime.now(datetime.UTC)


def midnight(day: datetime.date) -> datetime.datetime:
    """Return the first moment of a day, in UTC."""
    return datetime.datetime.combine(day, datetime.time(), datetime.UTC)
