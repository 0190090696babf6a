"""The NLB of a gateway: listeners, target groups, and the security-group rules that nobody else writes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ..settings import Gateway, names

HTTP = 80

# Idle timeout of a TLS listener, in seconds: fixed by AWS; a TCP listener's is an attribute.
TLS_IDLE_SECONDS = 350
# What AWS recommends and its console sets (Elastic Load Balancing, "Security policies for your Network Load Balancer"):
# TLS 1.2 and 1.3, hybrid post-quantum key exchange for who can. The API's own default is of 2016.
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
# HTTP/2, and with it gRPC, where client and gateway both speak it.
ALPN_POLICY = "HTTP2Preferred"

# AWS allows 32 characters in names of load balancers and target groups; the engine appends a hyphen and 7 digits.
MAX_LOGICAL_NAME = 24
MAX_GATEWAY_NAME = MAX_LOGICAL_NAME - len(names.gateway_workload("")) - len("-443")
# Inbound rules of one security group (Amazon VPC quotas).
MAX_RULES = 60

# Peers of a rule that are known only when they exist; every other peer is an address range.
NLB = "nlb"
CLUSTER = "cluster"
VPC = "vpc"


@dataclass(frozen=True, kw_only=True)
class HealthCheck:
    """Seconds and counts. The status port has no listener: nobody outside can ask it."""

    protocol: str = "HTTP"
    port: int = names.STATUS_PORT
    path: str = names.STATUS_PATH
    interval: int = 10
    timeout: int = 6
    healthy_threshold: int = 2
    unhealthy_threshold: int = 2


@dataclass(frozen=True, kw_only=True)
class Listener:
    """One open port of the NLB and the target group behind it; the gateway listens on the same number.

    group: ends the target group's name. It differs between TCP and TLS on 443, so that a change of ``tls.mode`` makes
        a second group with its own binding beside the first: protocol and binding cannot be changed in place.
    service_port: name of the port in the gateway's Service.
    idle_seconds: None where AWS fixes it.
    """

    port: int
    protocol: Literal["TCP", "TLS"]
    group: str
    service_port: str
    idle_seconds: int | None
    certificate_arn: str | None = None


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One TCP port that a security group lets in from, or out to, a peer."""

    group: Literal["nlb", "cluster"]
    direction: Literal["in", "out"]
    port: int
    peer: str

    @property
    def key(self) -> str:
        """Names the rule within its gateway, whatever the order of the settings."""
        return f"{self.group}-{self.direction}-{self.port}-{self.peer}"

    @property
    def description(self) -> str:
        """For whoever reads the group in the console."""
        purpose = "health checks" if self.port == names.STATUS_PORT else "traffic"
        return f"{purpose} {'from' if self.direction == 'in' else 'to'} {self.peer}"


def listeners(gateway: Gateway) -> tuple[Listener, ...]:
    """80 always: without TLS it serves, with TLS it redirects. 443 with TLS: passed through, or ended at the NLB."""
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
    """Who may connect to the NLB: the settings' ranges, or everybody who can route to it."""
    if gateway.allowed_cidrs:
        return gateway.allowed_cidrs
    return (names.ANYWHERE,) if gateway.scheme == "internet-facing" else (VPC,)


def rules(gateway: Gateway) -> tuple[Rule, ...]:
    """Every rule of the NLB's group, and those of the cluster's group that let the NLB in.

    A binding without ``networking`` makes the controller write none. Health checks obey the NLB's outbound rules, and
    naming the NLB's group at the pods holds whether or not the client's address is preserved.
    """
    open_ports = [listener.port for listener in listeners(gateway)]
    target_ports = [*open_ports, names.STATUS_PORT]
    return (
        *(Rule(group="nlb", direction="in", port=port, peer=peer) for port in open_ports for peer in sources(gateway)),
        *(Rule(group="nlb", direction="out", port=port, peer=CLUSTER) for port in target_ports),
        *(Rule(group="cluster", direction="in", port=port, peer=NLB) for port in target_ports),
    )


def idle(listeners: Iterable[Listener]) -> int:
    """Seconds after which the gateway closes an idle HTTP connection.

    Sooner than the NLB forgets it: a packet on a forgotten connection is answered with a reset, and the proxy's own
    default is an hour.
    """
    forgotten = min(listener.idle_seconds or TLS_IDLE_SECONDS for listener in listeners)
    return forgotten - max(10, forgotten // 7)
