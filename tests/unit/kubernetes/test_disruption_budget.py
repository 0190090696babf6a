"""Whether a disruption budget lets a node be drained, as Kubernetes counts it."""

import pytest

from components.kubernetes.disruption_budget import blocks


@pytest.mark.parametrize(
    ("kept", "allowed", "pods", "blocked"),
    [
        (2, None, 3, False),
        (3, None, 3, True),
        ("66%", None, 3, False),
        ("67%", None, 3, True),
        ("100%", None, 40, True),
        ("0%", None, 3, False),
        (None, 1, 1, False),
        (None, 0, 3, True),
        (None, "0%", 3, True),
        # Rounded up too: one of three.
        (None, "1%", 3, False),
        (None, None, 3, False),
        # Neither number nor percentage: for another rule to tell.
        ("3", None, 3, False),
        (True, None, 1, False),
        ("x%", None, 3, False),
    ],
)
def test_no_pod_may_go(kept: object, allowed: object, pods: int, blocked: bool) -> None:
    assert blocks(kept, allowed, pods) is blocked
