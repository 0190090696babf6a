"""When each step of a gateway pod's shutdown ends."""

from dataclasses import dataclass

# For how long an NLB still opens new connections to a target that is deregistered, in seconds; no attribute shortens
# it (kubernetes-sigs/aws-load-balancer-controller #2366, #3270, #1834: observed by many, promised by nobody).
NLB_LAG = 120
# What may go wrong by seconds at each step: deregistration starts late, Envoy exits late.
MARGIN = 10
# For how long requests that are open when the drain begins may go on, in seconds.
OPEN_REQUESTS = 30


@dataclass(frozen=True, kw_only=True)
class DrainPlan:
    """Seconds.

    pre_stop: the pod serves on as if nothing had happened.
    drain: then Envoy sends its clients away and finishes what is open. It takes new connections until its end, since
        listeners close after 45 s only (istio.io/istio pkg/envoy, admin.go and proxy.go), but that end comes idle or
        not (agent.go): this is not the time to serve new connections in.
    grace: after deletion is requested the kubelet kills what is left.
    deregistration: the target group forgets the pod; connections that are open then stay open.
    """

    pre_stop: int
    drain: int
    grace: int
    deregistration: int


def drain(*, lag: int = NLB_LAG, open_requests: int = OPEN_REQUESTS) -> DrainPlan:
    """The plan for a load balancer that lags by ``lag`` and requests that take ``open_requests`` seconds.

    lag < pre_stop: no new connection meets a pod that is about to exit.
    deregistration <= pre_stop: the target is gone before the pod is.
    pre_stop + drain + MARGIN <= grace: the pod ends by itself.
    """
    pre_stop = lag + MARGIN
    return DrainPlan(
        pre_stop=pre_stop,
        drain=open_requests,
        grace=pre_stop + open_requests + 2 * MARGIN,
        deregistration=lag,
    )
