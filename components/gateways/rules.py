"""Rules for a single gateway; rules between gateways are in ``host_rules``."""

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
    """Check the length of gateway names: AWS limits the names of load balancers and target groups."""
    for name in context.settings.gateways:
        if len(name) > load_balancer.MAX_GATEWAY_NAME:
            yield Problem(
                key=f"gateways.{name}",
                value=None,
                reason=f"has a name of {len(name)} characters: AWS allows 32 for the name of a target group, and this "
                "stack adds 20.",
                remedy=f"Use a name of {load_balancer.MAX_GATEWAY_NAME} characters or fewer.",
            )


@rule("mesh")
def hosts(context: Context) -> Iterable[Problem]:
    """Check that every gateway serves a host, and lists none twice."""
    for name, gateway in context.settings.gateways.items():
        key = f"gateways.{name}.hosts"
        if not gateway.hosts:
            yield Problem(
                key=key,
                value=[],
                reason="is empty: Istio rejects a Gateway without hosts.",
                remedy="List namespace/host for each host, such as bookinfo/*.",
            )
        for host in _repeated(gateway.hosts):
            yield Problem(key=key, value=host, reason="is listed twice.", remedy="Remove one of them.")


@rule("mesh")
def idle_timeout(context: Context) -> Iterable[Problem]:
    """Check the idle timeout of TLS listeners, which AWS fixes."""
    fixed = load_balancer.TLS_IDLE_SECONDS
    for name, gateway in context.settings.gateways.items():
        if gateway.tls.mode == "acm" and gateway.idle_timeout_seconds != fixed:
            yield Problem(
                key=f"gateways.{name}.idleTimeoutSeconds",
                value=gateway.idle_timeout_seconds,
                reason=f"is not supported with tls.mode acm: AWS fixes the idle timeout of TLS listeners at {fixed} s.",
                remedy=f"Use {fixed}, or terminate TLS at the gateway (tls.mode secret).",
            )


@rule("mesh")
def tls_fields(context: Context) -> Iterable[Problem]:
    """Check that the field of the TLS mode is set, and no field of another mode."""
    for name, gateway in context.settings.gateways.items():
        for mode, field, key, meaning in _FIELDS:
            value = getattr(gateway.tls, field)
            if gateway.tls.mode == mode and value is None:
                yield Problem(
                    key=f"gateways.{name}.tls.{key}",
                    value=None,
                    reason=f"is missing: tls.mode {mode} takes its certificate from it.",
                    remedy=f"Set it to {meaning}.",
                )
            elif gateway.tls.mode != mode and value is not None:
                yield Problem(
                    key=f"gateways.{name}.tls.{key}",
                    value=value,
                    reason=f"requires tls.mode {mode}; it has no effect in mode {gateway.tls.mode}.",
                    remedy=f"Remove it, or set tls.mode to {mode}.",
                )


@rule("mesh")
def replica_range(context: Context) -> Iterable[Problem]:
    """Check that the minimum number of pods is not above the maximum."""
    for name, gateway in context.settings.gateways.items():
        counts = gateway.replicas
        if counts and counts.min > counts.max:
            yield Problem(
                key=f"gateways.{name}.replicas",
                value={"min": counts.min, "max": counts.max},
                reason="has a min above max: Kubernetes rejects the HorizontalPodAutoscaler.",
                remedy=f"Set max to {counts.min} or more.",
            )


@rule("mesh")
def allowed_ranges(context: Context) -> Iterable[Problem]:
    """Check that ranges are written as AWS stores them, each once, and fit into one security group."""
    for name, gateway in context.settings.gateways.items():
        key = f"gateways.{name}.allowedCidrs"
        for cidr in gateway.allowed_cidrs:
            yield from _range(key, cidr)
        for cidr in _repeated(gateway.allowed_cidrs):
            yield Problem(
                key=key,
                value=cidr,
                reason="is listed twice: AWS rejects a duplicate security-group rule.",
                remedy="Remove one of them.",
            )
        ports = len(load_balancer.listeners(gateway))
        if ports * len(gateway.allowed_cidrs) > load_balancer.MAX_RULES:
            yield Problem(
                key=key,
                value=len(gateway.allowed_cidrs),
                reason=f"lists too many ranges: each needs {ports} rules, and a security group holds "
                f"{load_balancer.MAX_RULES}.",
                remedy=f"List {load_balancer.MAX_RULES // ports} ranges or fewer.",
            )


def _range(key: str, cidr: str) -> Iterator[Problem]:
    try:
        written = ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        reason = "is not an IPv4 range."
        yield Problem(key=key, value=cidr, reason=reason, remedy="Write address/length, such as 203.0.113.0/24.")
        return
    if str(written) != cidr:
        yield Problem(
            key=key,
            value=cidr,
            reason="does not start at the first address of its range: AWS stores the first address, and every preview "
            "would show a change.",
            remedy=f"Write {written}.",
        )


@rule("mesh")
def certificate_region(context: Context) -> Iterable[Problem]:
    """Check that ACM certificates are in the stack's region: an NLB reads no others."""
    if not regions.is_supported(context.region):
        return
    for name, gateway in context.settings.gateways.items():
        arn = gateway.tls.certificate_arn
        if arn and arn.split(":")[3] != context.region:
            yield Problem(
                key=f"{validation.path(('gateways', name))}.tls.certificateArn",
                value=arn,
                reason=f"is in another region than the NLB, which cannot use it: aws:region is {context.region}.",
                remedy=f"Use the ARN of a certificate in {context.region}.",
            )


@rule("mesh")
def public_subnets(context: Context) -> Iterable[Problem]:
    """Check that an internet-facing gateway has public subnets."""
    existing = context.settings.network.existing
    if existing is None or existing.public_subnet_ids:
        return
    for name, gateway in context.settings.gateways.items():
        if gateway.scheme == "internet-facing":
            yield Problem(
                key=f"{validation.path(('gateways', name))}.scheme",
                value=gateway.scheme,
                reason="requires public subnets, but network.existing.publicSubnetIds lists none.",
                remedy="List the public subnets, one per zone, or set scheme to internal.",
            )


def _repeated(items: tuple[str, ...]) -> list[str]:
    return sorted({item for item in items if items.count(item) > 1})
