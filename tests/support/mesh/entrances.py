"""An AWS account with an NLB at work, and pods behind it: no Kubernetes."""

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from components.settings import clock
from local.nlb.account import Registry
from local.nlb.balancers import Balancers
from local.nlb.load_balancer import LoadBalancers
from local.nlb.targets import Key
from local.processes import poll
from local.providers.aws import cloud
from local.providers.aws.session import Session
from tests.support.mesh.answering_pods import Pod
from tests.support.mesh.entrance_account import network, open_ports, target_group


@dataclass(frozen=True, kw_only=True)
class Entrance:
    """One NLB with a listener and its target group, at work."""

    session: Session
    balancers: LoadBalancers
    arn: str
    group: str
    address: str
    look: Callable[[], None]

    def register(self, *pods: Pod) -> None:
        """Make these targets, and wait until they are healthy."""
        self.begin(*pods)
        keys = {(pod.address, pod.port) for pod in pods}
        self.balancers.until(
            self.group, lambda states: all(states.get(key) == ("healthy", "") for key in keys), within=30
        )

    def begin(self, *pods: Pod) -> None:
        """Make these targets."""
        with self.session.lock:
            targets = [{"Id": pod.address, "Port": pod.port} for pod in pods]
            self.session.elb.register_targets(TargetGroupArn=self.group, Targets=targets)
        self.look()

    def deregister(self, pod: Pod) -> None:
        """It is no target any more."""
        with self.session.lock:
            targets = [{"Id": pod.address, "Port": pod.port}]
            self.session.elb.deregister_targets(TargetGroupArn=self.group, Targets=targets)
        self.look()

    def registered(self) -> frozenset[Key]:
        """What the account has in the group."""
        return Registry(self.session).registered(self.group)

    def state(self, pod: Pod) -> str | None:
        """Of a target."""
        return self.balancers.states(self.group).get((pod.address, pod.port), (None, ""))[0]


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """An account with an NLB that nobody runs yet."""

    session: Session
    arn: str
    dns_name: str
    group: str

    def seen_by(self, balancers: LoadBalancers, look: Callable[[], None] = lambda: None) -> "Entrance":
        """The NLB at work. look: tells of targets that a test registers itself."""
        return Entrance(
            session=self.session,
            balancers=balancers,
            arn=self.arn,
            group=self.group,
            address=balancers.address(self.dns_name, within=10),
            look=look,
        )


@contextmanager
def account(
    *,
    port: int = 80,
    tls: bool = False,
    attributes: Mapping[str, str] | None = None,
    certificate: str | None = None,
    closed: frozenset[str] = frozenset(),
) -> Iterator[Prepared]:
    """closed: security-group rules that are left out, as ``open_ports`` names them."""
    with cloud.running() as opened:
        if certificate:
            opened.issue(certificate, clock.now())
        session = opened.session
        ours, theirs, vpc, subnet = network(session)
        open_ports(session, ours, theirs, port, closed)
        group = target_group(session, vpc, port, "TLS" if tls else "TCP", attributes or {})
        made = session.elb.create_load_balancer(Name="public", Type="network", Subnets=[subnet], SecurityGroups=[ours])[
            "LoadBalancers"
        ][0]
        session.elb.create_listener(
            LoadBalancerArn=made["LoadBalancerArn"],
            Protocol="TLS" if tls else "TCP",
            Port=port,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
            **({"Certificates": [{"CertificateArn": certificate}]} if certificate else {}),
        )
        yield Prepared(session=session, arn=made["LoadBalancerArn"], dns_name=made["DNSName"], group=group)


@contextmanager
def entrance(registration: float = 10, **account_: Any) -> Iterator["Entrance"]:
    """Such an account with its NLB at work. registration: AWS seconds until a target may serve."""
    with account(**account_) as prepared:
        running = Balancers(prepared.session, registration)
        running.start()
        try:
            yield prepared.seen_by(LoadBalancers(running), running.look)
        finally:
            running.stop()


def addresses() -> set[str]:
    """Of this network's loopback."""
    told = subprocess.run(["ip", "-json", "address", "show", "dev", "lo"], check=True, capture_output=True).stdout
    return {each["local"] for each in json.loads(told)[0]["addr_info"]}


def soon(there: Callable[[], bool], within: float = 10) -> bool:
    """Whether it comes to be."""
    return poll(there, within=within, every=0.05)
