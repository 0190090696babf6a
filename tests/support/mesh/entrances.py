"""An AWS account with an NLB, and pods behind it that say who they are and whom they see: no Kubernetes."""

import contextlib
import json
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from components.settings import clock, names
from local.nlb.account import Registry
from local.nlb.balancers import Balancers
from local.nlb.load_balancer import LoadBalancers
from local.nlb.targets import Key
from local.nlb.visitor import Visitor
from local.processes import poll
from local.providers.aws import cloud
from local.providers.aws.session import Session

Serve = Callable[[socket.socket, str], None]
VPC = "10.0.0.0/16"
PROXY_SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"
OK = b"HTTP/1.1 %d x\r\ncontent-type: text/plain\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%s"


class Pod:
    """A pod's network with a server that answers with its name, the address it sees and what announced it.

    status: of its health. tls: ends TLS with it. names: server names that TLS clients sent. seen: peers that came.
    """

    def __init__(self, address: str, port: int, *, tls: ssl.SSLContext | None = None) -> None:
        self.address, self.port, self.status = address, port, 200
        self.names: list[str | None] = []
        self.seen: list[str] = []
        self._tls = tls
        if tls:
            tls.sni_callback = lambda _, name, __: self.names.append(name)
        self._network = Visitor(address)
        self._sockets = [self._listen(port, self._greet), self._listen(names.STATUS_PORT, self._tell_health)]

    def close(self) -> None:
        """Leave."""
        for each in self._sockets:
            each.close()
        self._network.close()

    def refuse(self) -> None:
        """Close the listener, as a proxy does when it drains."""
        # Shut down first: a thread waits in accept.
        self._sockets[0].shutdown(socket.SHUT_RDWR)
        self._sockets[0].close()

    def _listen(self, port: int, serve: Serve) -> socket.socket:
        def opened() -> socket.socket:
            made = socket.socket()
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind((self.address, port))
            made.listen(128)
            return made

        made = self._network.inside(opened)
        threading.Thread(target=_accept, args=(made, serve), daemon=True).start()
        return made

    def _greet(self, opened: socket.socket, peer: str) -> None:
        announced = _announced(opened)
        with self._tls.wrap_socket(opened, server_side=True) if self._tls else opened as talking:
            self.seen.append(peer)
            while request := talking.recv(65536):
                body = f"{self.address} {peer} {announced}".encode()
                talking.sendall(OK % (200, len(body), body))
                if b"keep-alive" not in request.lower():
                    return

    def _tell_health(self, opened: socket.socket, peer: str) -> None:
        with opened:
            opened.recv(65536)
            opened.sendall(OK % (self.status, 0, b""))


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
    """closed: security-group rules that are left out, as ``_open`` names them."""
    with cloud.running() as opened:
        if certificate:
            opened.issue(certificate, clock.now())
        session = opened.session
        ours, theirs, vpc, subnet = _network(session)
        _open(session, ours, theirs, port, closed)
        group = _group(session, vpc, port, "TLS" if tls else "TCP", attributes or {})
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


def _network(session: Session) -> tuple[str, str, str, str]:
    ec2 = session.ec2
    vpc = ec2.create_vpc(CidrBlock=VPC)["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/20", AvailabilityZone="us-west-2a")["Subnet"]["SubnetId"]
    ours = ec2.create_security_group(GroupName="nlb", Description="nlb", VpcId=vpc)["GroupId"]
    theirs = ec2.create_security_group(
        GroupName="eks",
        Description="eks",
        VpcId=vpc,
        TagSpecifications=[
            {"ResourceType": "security-group", "Tags": [{"Key": "aws:eks:cluster-name", "Value": "mesh"}]}
        ],
    )["GroupId"]
    everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    ec2.revoke_security_group_egress(GroupId=ours, IpPermissions=everything)
    return ours, theirs, vpc, subnet


def _open(session: Session, ours: str, theirs: str, port: int, closed: frozenset[str]) -> None:
    """The rules of ``gateways.load_balancer``, by hand: visitors in, and both sides of traffic and of checks."""
    ec2 = session.ec2
    if "visitors" not in closed:
        visitors = {"IpRanges": [{"CidrIp": "203.0.113.0/24"}]}
        ec2.authorize_security_group_ingress(GroupId=ours, IpPermissions=[_tcp(port) | visitors])
    for what, number in (("traffic", port), ("checks", names.STATUS_PORT)):
        if f"{what} out" not in closed:
            out = {"UserIdGroupPairs": [{"GroupId": theirs}]}
            ec2.authorize_security_group_egress(GroupId=ours, IpPermissions=[_tcp(number) | out])
        if f"{what} in" not in closed:
            into = {"UserIdGroupPairs": [{"GroupId": ours}]}
            ec2.authorize_security_group_ingress(GroupId=theirs, IpPermissions=[_tcp(number) | into])


def _tcp(port: int) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}


def _group(session: Session, vpc: str, port: int, protocol: str, attributes: Mapping[str, str]) -> str:
    arn: str = session.elb.create_target_group(
        Name="public",
        Protocol=protocol,
        Port=port,
        VpcId=vpc,
        TargetType="ip",
        HealthCheckProtocol="HTTP",
        HealthCheckPort=str(names.STATUS_PORT),
        HealthCheckPath=names.STATUS_PATH,
        HealthCheckIntervalSeconds=10,
        HealthyThresholdCount=2,
        UnhealthyThresholdCount=2,
    )["TargetGroups"][0]["TargetGroupArn"]
    given = [{"Key": key, "Value": value} for key, value in attributes.items()]
    if given:
        session.elb.modify_target_group_attributes(TargetGroupArn=arn, Attributes=given)
    return arn


def _accept(made: socket.socket, serve: Serve) -> None:
    with contextlib.suppress(OSError):
        while True:
            opened, peer = made.accept()
            threading.Thread(target=_serve, args=(serve, opened, peer[0]), daemon=True).start()


def _serve(serve: Serve, opened: socket.socket, peer: str) -> None:
    with opened, contextlib.suppress(OSError):
        serve(opened, peer)


def _announced(opened: socket.socket) -> str:
    """The visitor's address in a PROXY header, which is taken off the connection; "-" without one."""
    if opened.recv(len(PROXY_SIGNATURE), socket.MSG_PEEK) != PROXY_SIGNATURE:
        return "-"
    header = opened.recv(28)
    return socket.inet_ntoa(header[16:20])
