"""The AWS account as a balancer reads it, and as the controller writes its targets."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from local.nlb.bindings import RegistryRefusedError
from local.nlb.plans import Account, Balancer, Check, Group, Listener
from local.nlb.security_groups import Permission, SecurityGroups
from local.nlb.targets import REGISTRATION, Key, Rules
from local.providers.aws.session import REFUSALS, Session

# Of a TCP listener without the attribute, and of every TLS listener; seconds.
IDLE = 350.0
# ELBv2 ALPN policies, the listener's own order of preference.
ALPN: Mapping[str, tuple[str, ...]] = {
    "HTTP1Only": ("http/1.1",),
    "HTTP2Only": ("h2",),
    "HTTP2Optional": ("http/1.1", "h2"),
    "HTTP2Preferred": ("h2", "http/1.1"),
}
# EKS puts it on the group it makes for a cluster.
CLUSTER_TAG = "aws:eks:cluster-name"


class Registry:
    """Targets of the account's groups, by the group's ARN. Writes raise RegistryRefusedError."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def registered(self, group: str) -> frozenset[Key]:
        """Return the addresses and ports in the target group."""
        return registered(self._session, group)

    def register(self, group: str, targets: Collection[Key]) -> None:
        """Register these targets in the target group."""
        self._write("register_targets", group, targets)

    def deregister(self, group: str, targets: Collection[Key]) -> None:
        """Deregister these targets from the target group."""
        self._write("deregister_targets", group, targets)

    def _write(self, operation: str, group: str, targets: Collection[Key]) -> None:
        asked = [{"Id": address, "Port": port} for address, port in sorted(targets)]
        try:
            with self._session.lock:
                getattr(self._session.elb, operation)(TargetGroupArn=group, Targets=asked)
        except REFUSALS as error:
            raise RegistryRefusedError(str(error)) from None


def read(session: Session, registration: float = REGISTRATION) -> Account:
    """Read the account's current state; ``registration`` is the seconds that registering a target takes."""
    with session.lock:
        balancers = {each.arn: each for each in _balancers(session)}
        groups = {each.arn: each for each in _groups(session, registration)}
    return Account(balancers=balancers, groups=groups)


def registered(session: Session, group: str) -> frozenset[Key]:
    """Return the addresses and ports in a target group; none when the group is deleted."""
    try:
        with session.lock:
            answer = session.elb.describe_target_health(TargetGroupArn=group)
    except REFUSALS:
        return frozenset()
    targets = (each["Target"] for each in answer["TargetHealthDescriptions"])
    return frozenset((target["Id"], int(target["Port"])) for target in targets)


def _balancers(session: Session) -> Iterator[Balancer]:
    for each in session.elb.describe_load_balancers()["LoadBalancers"]:
        yield Balancer(
            arn=each["LoadBalancerArn"],
            name=each["LoadBalancerName"],
            dns_name=each["DNSName"],
            security_groups=tuple(each.get("SecurityGroups", ())),
            listeners=tuple(_listeners(session, each["LoadBalancerArn"])),
        )


def _listeners(session: Session, balancer: str) -> Iterator[Listener]:
    for each in session.elb.describe_listeners(LoadBalancerArn=balancer)["Listeners"]:
        asked = session.elb.describe_listener_attributes(ListenerArn=each["ListenerArn"])
        attributes = _pairs(asked["Attributes"])
        tls = each["Protocol"] == "TLS"
        yield Listener(
            port=each["Port"],
            group=each["DefaultActions"][0]["TargetGroupArn"],
            idle=IDLE if tls else float(attributes.get("tcp.idle_timeout.seconds", IDLE)),
            certificate=each["Certificates"][0]["CertificateArn"] if tls else None,
            alpn=ALPN.get((each.get("AlpnPolicy") or ["None"])[0], ()),
        )


def _groups(session: Session, registration: float) -> Iterator[Group]:
    for each in session.elb.describe_target_groups()["TargetGroups"]:
        arn = each["TargetGroupArn"]
        attributes = _pairs(session.elb.describe_target_group_attributes(TargetGroupArn=arn)["Attributes"])
        yield Group(
            arn=arn,
            tls=each["Protocol"] == "TLS",
            preserve=attributes.get("preserve_client_ip.enabled") == "true",
            proxy_protocol=attributes.get("proxy_protocol_v2.enabled") == "true",
            terminate=attributes.get("deregistration_delay.connection_termination.enabled") == "true",
            rules=Rules(
                healthy_threshold=each["HealthyThresholdCount"],
                unhealthy_threshold=each["UnhealthyThresholdCount"],
                deregistration=float(attributes.get("deregistration_delay.timeout_seconds", 300)),
                registration=registration,
            ),
            check=_check(each),
        )


def _check(group: Mapping[str, Any]) -> Check:
    port = group["HealthCheckPort"]
    return Check(
        port=None if port == "traffic-port" else int(port),
        path=group["HealthCheckPath"] if group["HealthCheckProtocol"] == "HTTP" else None,
        interval=float(group["HealthCheckIntervalSeconds"]),
        timeout=float(group["HealthCheckTimeoutSeconds"]),
    )


def _pairs(attributes: list[dict[str, str]]) -> dict[str, str]:
    return {each["Key"]: each["Value"] for each in attributes}


def security_groups(session: Session) -> SecurityGroups:
    """Return all current security groups."""
    with session.lock:
        groups = session.ec2.describe_security_groups()["SecurityGroups"]
    return SecurityGroups(
        inbound={each["GroupId"]: _permissions(each["IpPermissions"]) for each in groups},
        outbound={each["GroupId"]: _permissions(each["IpPermissionsEgress"]) for each in groups},
        cluster=frozenset(
            each["GroupId"] for each in groups if any(tag["Key"] == CLUSTER_TAG for tag in each.get("Tags", ()))
        ),
    )


def _permissions(entries: Iterable[Mapping[str, Any]]) -> tuple[Permission, ...]:
    return tuple(
        Permission(
            protocol=each["IpProtocol"],
            first=each.get("FromPort", 0),
            last=each.get("ToPort", 65535),
            ranges=tuple(found["CidrIp"] for found in each.get("IpRanges", ())),
            groups=frozenset(found["GroupId"] for found in each.get("UserIdGroupPairs", ())),
        )
        for each in entries
    )
