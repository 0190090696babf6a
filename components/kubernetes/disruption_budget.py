"""Checks of PodDisruptionBudgets: whether they ever allow an eviction."""

import re

PERCENTAGE = re.compile(r"([0-9]{1,2}|100)%")


def is_budget(value: object) -> bool:
    """Check whether Kubernetes accepts a value: a number, or a percentage as text."""
    if isinstance(value, str):
        return bool(PERCENTAGE.fullmatch(value))
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def blocks(min_available: object, max_unavailable: object, pods: int) -> bool:
    """Check whether a budget forbids evicting any of so many pods; an invalid value counts as no budget.

    Kubernetes' disruption controller rounds both percentages up: 67% of three pods are three.
    """
    kept, allowed = _count(min_available, pods), _count(max_unavailable, pods)
    return (kept is not None and kept >= pods) or allowed == 0


def _count(value: object, pods: int) -> int | None:
    if not is_budget(value):
        return None
    return -(-int(value[:-1]) * pods // 100) if isinstance(value, str) else int(str(value))
