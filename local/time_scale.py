"""How much faster than in AWS the waiting times of the NLB and of pods pass here."""

# 130 s of preStop are 6.5 s here: long enough that a proxy's own reactions, which are not scaled, fit in between.
SCALE = 20


def scaled(seconds: float) -> float:
    """Return the seconds here for a number of seconds in AWS."""
    return seconds / SCALE
