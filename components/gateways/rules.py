"""What must hold in the settings of one gateway; each function tells one mistake.

``RULES`` need the gateway alone, ``SIZED_RULES`` also the size of the mesh.
"""

import ipaddress
from collections.abc import Callable
from typing import Any

from ..istio import sizing
from ..kubernetes import disruption_budget
from ..settings import Gateway, Size
from ..settings.problems import Problem
from . import load_balancer

Rule = Callable[[str, Gateway], list[Problem]]
SizedRule = Callable[[str, Gateway, Size], list[Problem]]


def name_problems(name: str, gateway: Gateway) -> list[Problem]:
    """AWS limits the names of load balancers and target groups."""
    if len(name) <= load_balancer.MAX_GATEWAY_NAME:
        return []
    return [
        Problem(
            key=f"gateways.{name}",
            value=None,
            reason=f"has a name of {len(name)} characters: AWS allows 32 for a target group, and ours adds 20.",
            remedy=f"Write a name of {load_balancer.MAX_GATEWAY_NAME} characters or fewer.",
        )
    ]


def host_problems(name: str, gateway: Gateway) -> list[Problem]:
    """A gateway serves something, and each host once."""
    key = f"gateways.{name}.hosts"
    if not gateway.hosts:
        return [
            Problem(
                key=key,
                value=[],
                reason="is empty: Istio refuses a Gateway without a host.",
                remedy="Write namespace/host for each, as in bookinfo/*.",
            )
        ]
    return [
        Problem(key=key, value=host, reason="is listed twice.", remedy="Remove one.")
        for host in _repeated(gateway.hosts)
    ]


def idle_problems(name: str, gateway: Gateway) -> list[Problem]:
    """A TLS listener has no idle timeout of ours."""
    fixed = load_balancer.TLS_IDLE_SECONDS
    if gateway.tls.mode != "acm" or gateway.idle_timeout_seconds == fixed:
        return []
    return [
        Problem(
            key=f"gateways.{name}.idleTimeoutSeconds",
            value=gateway.idle_timeout_seconds,
            reason=f"does not fit tls.mode acm: the idle timeout of a TLS listener is fixed at {fixed} s.",
            remedy=f"Write {fixed}, or terminate TLS at the gateway (tls.mode secret).",
        )
    ]


# Mode, its field, the field's name in the stack file, and an example.
_FIELDS = (
    ("secret", "secret_name", "secretName", "a Secret of type kubernetes.io/tls in the gateway's namespace"),
    ("acm", "certificate_arn", "certificateArn", "the ARN of an ACM certificate in the stack's region"),
)


def tls_problems(name: str, gateway: Gateway) -> list[Problem]:
    """Each TLS mode has its own field, and no other."""
    problems = []
    for mode, field, key, meaning in _FIELDS:
        value = getattr(gateway.tls, field)
        if gateway.tls.mode == mode and value is None:
            problems.append(
                Problem(
                    key=f"gateways.{name}.tls.{key}",
                    value=None,
                    reason=f"is missing: tls.mode {mode} has no certificate without it.",
                    remedy=f"Write {meaning}.",
                )
            )
        elif gateway.tls.mode != mode and value is not None:
            problems.append(
                Problem(
                    key=f"gateways.{name}.tls.{key}",
                    value=value,
                    reason=f"belongs to tls.mode {mode}; in mode {gateway.tls.mode} nothing would read it.",
                    remedy=f"Remove it, or write tls.mode {mode}.",
                )
            )
    return problems


def replica_problems(name: str, gateway: Gateway) -> list[Problem]:
    """The autoscaler wants a range."""
    counts = gateway.replicas
    if counts is None or counts.min <= counts.max:
        return []
    return [
        Problem(
            key=f"gateways.{name}.replicas",
            value={"min": counts.min, "max": counts.max},
            reason="has min above max: Kubernetes refuses the autoscaler.",
            remedy=f"Write a max of {counts.min} or more.",
        )
    ]


def source_problems(name: str, gateway: Gateway) -> list[Problem]:
    """Ranges are written as AWS keeps them, each once, and fit into one security group."""
    key = f"gateways.{name}.allowedCidrs"
    problems = [problem for cidr in gateway.allowed_cidrs for problem in _cidr_problems(key, cidr)]
    problems += [
        Problem(key=key, value=cidr, reason="is listed twice: AWS refuses a rule it has.", remedy="Remove one.")
        for cidr in _repeated(gateway.allowed_cidrs)
    ]
    ports = len(load_balancer.listeners(gateway))
    if ports * len(gateway.allowed_cidrs) > load_balancer.MAX_RULES:
        problems.append(
            Problem(
                key=key,
                value=len(gateway.allowed_cidrs),
                reason=f"makes {ports} rules a range, and a security group holds {load_balancer.MAX_RULES}.",
                remedy=f"Write {load_balancer.MAX_RULES // ports} ranges or fewer.",
            )
        )
    return problems


def _cidr_problems(key: str, cidr: str) -> list[Problem]:
    try:
        range_ = ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        reason = "is not an IPv4 range."
        return [Problem(key=key, value=cidr, reason=reason, remedy="Write address/length, as in 203.0.113.0/24.")]
    if str(range_) == cidr:
        return []
    reason = "has an address inside its range: AWS keeps the range's first, and every preview would show a change."
    return [Problem(key=key, value=cidr, reason=reason, remedy=f"Write {range_}.")]


def budget_problems(name: str, gateway: Gateway, size: Size) -> list[Problem]:
    """The escape hatch may not leave a disruption budget that blocks every drain of a node."""
    scale = sizing.gateway(size, gateway.replicas).scale
    pods = _section(gateway, "autoscaling").get("minReplicas", scale.min_replicas)
    budget = _section(gateway, "podDisruptionBudget")
    kept = budget.get("minAvailable", scale.min_available if "maxUnavailable" not in budget else 0)
    # The chart renders no budget for a single pod.
    if not isinstance(pods, int) or pods <= 1 or not disruption_budget.blocks(kept, budget.get("maxUnavailable"), pods):
        return []
    return [
        Problem(
            key=f"gateways.{name}.values.podDisruptionBudget",
            value=budget or {"minAvailable": kept},
            reason=f"is not below the {pods} pods there may be: none could be evicted, and no node drained.",
            remedy=f"Write a minAvailable of {pods - 1} or less.",
        )
    ]


def _section(gateway: Gateway, key: str) -> dict[str, Any]:
    section = gateway.values.get(key)
    return section if isinstance(section, dict) else {}


def _repeated(items: tuple[str, ...]) -> list[str]:
    return sorted({item for item in items if items.count(item) > 1})


RULES: tuple[Rule, ...] = (
    name_problems,
    host_problems,
    idle_problems,
    tls_problems,
    replica_problems,
    source_problems,
)
SIZED_RULES: tuple[SizedRule, ...] = (budget_problems,)
