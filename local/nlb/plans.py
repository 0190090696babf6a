"""What the AWS account says of its load balancers, as far as packets feel it."""

from collections.abc import Mapping
from dataclasses import dataclass

from local.nlb.targets import Rules


@dataclass(frozen=True, kw_only=True)
class Check:
    """A health check: path is None for one that only connects. interval, timeout: seconds."""

    port: int | None
    path: str | None
    interval: float
    timeout: float


@dataclass(frozen=True, kw_only=True)
class Group:
    """A target group. terminate: connections end with the deregistration delay."""

    arn: str
    tls: bool
    preserve: bool
    proxy_protocol: bool
    terminate: bool
    rules: Rules
    check: Check


@dataclass(frozen=True, kw_only=True)
class Listener:
    """idle: seconds after which a connection is forgotten. certificate: ARN of one in Certificate Manager, with TLS."""

    port: int
    group: str
    idle: float
    certificate: str | None = None
    alpn: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Balancer:
    """One NLB."""

    arn: str
    name: str
    dns_name: str
    security_groups: tuple[str, ...]
    listeners: tuple[Listener, ...]


@dataclass(frozen=True, kw_only=True)
class Account:
    """All of them, by ARN."""

    balancers: Mapping[str, Balancer]
    groups: Mapping[str, Group]
