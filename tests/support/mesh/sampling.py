"""Whether what was counted fits a chance."""

from math import sqrt

# Enough to tell a tenth from a fifth.
ASKED = 400
# Of a normal distribution: a fair count is outside once in a hundred thousand times.
DEVIATIONS = 4.5


def fair(count: int, percent: int) -> bool:
    """Whether so many of ``ASKED`` come from that chance."""
    share = percent / 100
    return abs(count - ASKED * share) <= DEVIATIONS * sqrt(ASKED * share * (1 - share))
