"""Whether a PodDisruptionBudget ever lets a pod go."""

import re

PERCENTAGE = re.compile(r"([0-9]{1,2}|100)%")


def is_budget(value: object) -> bool:
    """Whether Kubernetes takes it: a number, or a text that is a percentage."""
    if isinstance(value, str):
        return bool(PERCENTAGE.fullmatch(value))
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def blocks(min_available: object, max_unavailable: object, pods: int) -> bool:
    """Whether none of so many pods may be evicted; what is no budget blocks nothing here.

    Kubernetes rounds both percentages up (its disruption controller): of three pods, 67% are three.
    """
    kept, allowed = _count(min_available, pods), _count(max_unavailable, pods)
    return (kept is not None and kept >= pods) or allowed == 0


def _count(value: object, pods: int) -> int | None:
    if not is_budget(value):
        return None
    return -(-int(value[:-1]) * pods // 100) if isinstance(value, str) else int(str(value))
