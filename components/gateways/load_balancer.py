"""The NLB of a gateway: listeners, target groups and security-group rules."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ..settings import Gateway, names

HTTP = 80

# Idle timeout of a TLS listener, in seconds, which AWS fixes; that of a TCP listener is an attribute.
TLS_IDLE_SECONDS = 350
# The policy that AWS recommends and its console sets (Elastic Load Balancing, "Security policies for your Network Load
# Balancer"): TLS 1.2 and 1.3, with hybrid post-quantum key exchange. The API's own default is from 2016.
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
# HTTP/2, and with it gRPC, if client and gateway support it.
ALPN_POLICY = "HTTP2Preferred"

# AWS allows 32 characters in names of load balancers and target groups; the engine appends a hyphen and 7 digits.
MAX_LOGICAL_NAME = 24
MAX_GATEWAY_NAME = MAX_LOGICAL_NAME - len(names.gateway_workload("")) - len("-443")
# Inbound rules of one security group (Amazon VPC quotas).
MAX_RULES = 60

# Peers of a rule whose id or range is known only when they exist; every other peer is an address range.
NLB = "nlb"
CLUSTER = "cluster"
VPC = "vpc"


@dataclass(frozen=True, kw_only=True)
class HealthCheck:
    """Health check of the targets, on the status port, which has no listener and is not reachable from outside."""

    protocol: str = "HTTP"
    """Protocol of the check."""
    port: int = names.STATUS_PORT
    """Port of the check."""
    path: str = names.STATUS_PATH
    """Path of the check."""
    interval: int = 10
    """Seconds between checks."""
    timeout: int = 6
    """Seconds until a check fails."""
    healthy_threshold: int = 2
    """Successful checks until a target is healthy."""
    unhealthy_threshold: int = 2
    """Failed checks until a target is unhealthy."""


@dataclass(frozen=True, kw_only=True)
class Listener:
    """One listener of the NLB and the target group behind it; the gateway listens on the same port."""

    port: int
    """Port of listener, target group and gateway."""
    protocol: Literal["TCP", "TLS"]
    """Protocol of listener and target group."""
    group: str
    """Suffix of the target group's name.

    It differs between TCP and TLS on 443, so that a change of ``tls.mode`` creates a second group with its own binding:
    neither the protocol nor the binding can be changed in place.
    """
    service_port: str
    """Name of the port in the gateway's Service."""
    idle_seconds: int | None
    """Idle timeout in seconds; None where AWS fixes it."""
    certificate_arn: str | None = None
    """ARN of the ACM certificate, for TLS."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Security-group rule that allows one TCP port from or to a peer."""

    group: Literal["nlb", "cluster"]
    """Security group that the rule belongs to."""
    direction: Literal["in", "out"]
    """Whether it allows traffic from or to the peer."""
    port: int
    """The TCP port."""
    peer: str
    """Address range, or one of ``NLB``, ``CLUSTER`` and ``VPC``."""

    @property
    def key(self) -> str:
        """Name of the rule within its gateway, independent of the order of the settings."""
        return f"{self.group}-{self.direction}-{self.port}-{self.peer}"

    @property
    def description(self) -> str:
        """Description in the AWS console."""
        purpose = "health checks" if self.port == names.STATUS_PORT else "traffic"
        return f"{purpose} {'from' if self.direction == 'in' else 'to'} {self.peer}"


def listeners(gateway: Gateway) -> tuple[Listener, ...]:
    """Return the listeners: 80 always, which redirects if there is TLS; 443 with TLS, which the NLB may terminate."""
    idle = gateway.idle_timeout_seconds
    http = Listener(port=HTTP, protocol="TCP", group="80", service_port="http2", idle_seconds=idle)
    if gateway.tls.mode == "none":
        return (http,)
    if gateway.tls.mode == "acm":
        arn = gateway.tls.certificate_arn
        secure = Listener(
            port=names.HTTPS_PORT,
            protocol="TLS",
            group="tls",
            service_port="https",
            idle_seconds=None,
            certificate_arn=arn,
        )
    else:
        secure = Listener(port=names.HTTPS_PORT, protocol="TCP", group="443", service_port="https", idle_seconds=idle)
    return (http, secure)


def sources(gateway: Gateway) -> tuple[str, ...]:
    """Return the peers that may connect to the NLB: the ranges of the settings, or everything that can route to it."""
    if gateway.allowed_cidrs:
        return gateway.allowed_cidrs
    return (names.ANYWHERE,) if gateway.scheme == "internet-facing" else (VPC,)


def rules(gateway: Gateway) -> tuple[Rule, ...]:
    """Return every rule of the NLB's group, and the rules of the cluster's group that allow the NLB.

    The controller writes none, because the bindings have no ``networking``. Health checks are subject to the NLB's
    outbound rules. A rule with the NLB's group as peer works whether or not the client's address is preserved.
    """
    open_ports = [listener.port for listener in listeners(gateway)]
    target_ports = [*open_ports, names.STATUS_PORT]
    return (
        *(Rule(group="nlb", direction="in", port=port, peer=peer) for port in open_ports for peer in sources(gateway)),
        *(Rule(group="nlb", direction="out", port=port, peer=CLUSTER) for port in target_ports),
        *(Rule(group="cluster", direction="in", port=port, peer=NLB) for port in target_ports),
    )


def idle(listeners: Iterable[Listener]) -> int:
    """Return the seconds after which the gateway closes an idle HTTP connection.

    It must close it before the NLB's idle timeout, after which the NLB answers a packet with a reset. The proxy's own
    default is one hour.
    """
    timeout = min(listener.idle_seconds or TLS_IDLE_SECONDS for listener in listeners)
    return timeout - max(10, timeout // 7)
