"""Durations of a gateway pod's shutdown."""

from dataclasses import dataclass

# Seconds for which an NLB still opens new connections to a deregistered target; no attribute shortens them
# (kubernetes-sigs/aws-load-balancer-controller #2366, #3270, #1834: observed by many, but not documented by AWS).
NLB_LAG = 120
# Seconds of tolerance at each step: deregistration may start late, and Envoy may exit late.
MARGIN = 10
# Seconds for which requests that are open when the drain begins may continue.
OPEN_REQUESTS = 30


@dataclass(frozen=True, kw_only=True)
class DrainPlan:
    """Durations of a shutdown, in seconds."""

    pre_stop: int
    """Time for which the pod keeps serving as before."""
    drain: int
    """Time after that in which Envoy asks clients to disconnect and finishes open requests.

    Envoy accepts new connections until it exits, because listeners close only after 45 s (istio.io/istio pkg/envoy,
    admin.go and proxy.go). But it exits at the end of the drain whether or not it is idle (agent.go), so new
    connections must not arrive in this time.
    """
    grace: int
    """Time after the request for deletion, when the kubelet kills the pod."""
    deregistration: int
    """Time after which the target group has deregistered the pod; open connections stay open."""


def drain(*, lag: int = NLB_LAG, open_requests: int = OPEN_REQUESTS) -> DrainPlan:
    """Return the durations for a load balancer that lags by ``lag`` and requests that take ``open_requests`` seconds.

    lag < pre_stop: no new connection reaches a pod that is about to exit.
    deregistration <= pre_stop: the target is deregistered before the pod exits.
    pre_stop + drain + MARGIN <= grace: the pod exits by itself.
    """
    pre_stop = lag + MARGIN
    return DrainPlan(
        pre_stop=pre_stop,
        drain=open_requests,
        grace=pre_stop + open_requests + 2 * MARGIN,
        deregistration=lag,
    )
