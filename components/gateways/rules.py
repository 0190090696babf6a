"""Rules for each gateway alone; rules between gateways are in ``host_rules``."""

import ipaddress
from collections.abc import Iterable, Iterator

from ..settings import regions, validation
from ..settings.problems import Problem
from ..settings.registry import Context, rule
from . import load_balancer

# Mode, its field, the field's name in the stack file, and an example.
_FIELDS = (
    ("secret", "secret_name", "secretName", "a Secret of type kubernetes.io/tls in the gateway's namespace"),
    ("acm", "certificate_arn", "certificateArn", "the ARN of an ACM certificate in the stack's region"),
)


@rule("mesh")
def name_length(context: Context) -> Iterable[Problem]:
    """AWS limits the names of load balancers and target groups."""
    for name in context.settings.gateways:
        if len(name) > load_balancer.MAX_GATEWAY_NAME:
            yield Problem(
                key=f"gateways.{name}",
                value=None,
                reason=f"has a name of {len(name)} characters: AWS allows 32 for a target group, and ours adds 20.",
                remedy=f"Write a name of {load_balancer.MAX_GATEWAY_NAME} characters or fewer.",
            )


@rule("mesh")
def hosts(context: Context) -> Iterable[Problem]:
    """A gateway serves something, and each host once."""
    for name, gateway in context.settings.gateways.items():
        key = f"gateways.{name}.hosts"
        if not gateway.hosts:
            yield Problem(
                key=key,
                value=[],
                reason="is empty: Istio refuses a Gateway without a host.",
                remedy="Write namespace/host for each, as in bookinfo/*.",
            )
        for host in _repeated(gateway.hosts):
            yield Problem(key=key, value=host, reason="is listed twice.", remedy="Remove one.")


@rule("mesh")
def idle_timeout(context: Context) -> Iterable[Problem]:
    """AWS fixes the idle timeout of a TLS listener."""
    fixed = load_balancer.TLS_IDLE_SECONDS
    for name, gateway in context.settings.gateways.items():
        if gateway.tls.mode == "acm" and gateway.idle_timeout_seconds != fixed:
            yield Problem(
                key=f"gateways.{name}.idleTimeoutSeconds",
                value=gateway.idle_timeout_seconds,
                reason=f"does not fit tls.mode acm: the idle timeout of a TLS listener is fixed at {fixed} s.",
                remedy=f"Write {fixed}, or terminate TLS at the gateway (tls.mode secret).",
            )


@rule("mesh")
def tls_fields(context: Context) -> Iterable[Problem]:
    """Each TLS mode has its own field, and no other."""
    for name, gateway in context.settings.gateways.items():
        for mode, field, key, meaning in _FIELDS:
            value = getattr(gateway.tls, field)
            if gateway.tls.mode == mode and value is None:
                yield Problem(
                    key=f"gateways.{name}.tls.{key}",
                    value=None,
                    reason=f"is missing: tls.mode {mode} has no certificate without it.",
                    remedy=f"Write {meaning}.",
                )
            elif gateway.tls.mode != mode and value is not None:
                yield Problem(
                    key=f"gateways.{name}.tls.{key}",
                    value=value,
                    reason=f"belongs to tls.mode {mode}; in mode {gateway.tls.mode} nothing would read it.",
                    remedy=f"Remove it, or write tls.mode {mode}.",
                )


@rule("mesh")
def replica_range(context: Context) -> Iterable[Problem]:
    """The autoscaler needs a minimum that is not above its maximum."""
    for name, gateway in context.settings.gateways.items():
        counts = gateway.replicas
        if counts and counts.min > counts.max:
            yield Problem(
                key=f"gateways.{name}.replicas",
                value={"min": counts.min, "max": counts.max},
                reason="has min above max: Kubernetes refuses the autoscaler.",
                remedy=f"Write a max of {counts.min} or more.",
            )


@rule("mesh")
def allowed_ranges(context: Context) -> Iterable[Problem]:
    """Ranges are written as AWS keeps them, each once, and fit into one security group."""
    for name, gateway in context.settings.gateways.items():
        key = f"gateways.{name}.allowedCidrs"
        for cidr in gateway.allowed_cidrs:
            yield from _range(key, cidr)
        for cidr in _repeated(gateway.allowed_cidrs):
            yield Problem(
                key=key, value=cidr, reason="is listed twice: AWS refuses a rule it has.", remedy="Remove one."
            )
        ports = len(load_balancer.listeners(gateway))
        if ports * len(gateway.allowed_cidrs) > load_balancer.MAX_RULES:
            yield Problem(
                key=key,
                value=len(gateway.allowed_cidrs),
                reason=f"makes {ports} rules a range, and a security group holds {load_balancer.MAX_RULES}.",
                remedy=f"Write {load_balancer.MAX_RULES // ports} ranges or fewer.",
            )


def _range(key: str, cidr: str) -> Iterator[Problem]:
    try:
        written = ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        reason = "is not an IPv4 range."
        yield Problem(key=key, value=cidr, reason=reason, remedy="Write address/length, as in 203.0.113.0/24.")
        return
    if str(written) != cidr:
        reason = "has an address inside its range: AWS keeps the range's first, and every preview would show a change."
        yield Problem(key=key, value=cidr, reason=reason, remedy=f"Write {written}.")


@rule("mesh")
def certificate_region(context: Context) -> Iterable[Problem]:
    """An NLB reads certificates of its own region."""
    if not regions.is_supported(context.region):
        return
    for name, gateway in context.settings.gateways.items():
        arn = gateway.tls.certificate_arn
        if arn and arn.split(":")[3] != context.region:
            yield Problem(
                key=f"{validation.path(('gateways', name))}.tls.certificateArn",
                value=arn,
                reason=f"is in another region than the NLB: aws:region is {context.region}.",
                remedy=f"Write the ARN of a certificate in {context.region}.",
            )


@rule("mesh")
def public_subnets(context: Context) -> Iterable[Problem]:
    """An internet-facing gateway has subnets to stand in."""
    existing = context.settings.network.existing
    if existing is None or existing.public_subnet_ids:
        return
    for name, gateway in context.settings.gateways.items():
        if gateway.scheme == "internet-facing":
            yield Problem(
                key=f"{validation.path(('gateways', name))}.scheme",
                value=gateway.scheme,
                reason="needs public subnets, and network.existing.publicSubnetIds lists none.",
                remedy="List the public subnets, one a zone, or write scheme: internal.",
            )


def _repeated(items: tuple[str, ...]) -> list[str]:
    return sorted({item for item in items if items.count(item) > 1})
