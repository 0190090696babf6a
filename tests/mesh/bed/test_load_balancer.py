"""The played NLB with real sockets: whom a target sees, when it gets connections, what rules let through."""

import http.client
import ssl
import threading
import time
from collections.abc import Iterator

import pytest

from components.gateways.drain import NLB_LAG
from components.settings import clock
from local.nlb import network
from local.nlb.browser import AtHome
from local.nlb.targets import REGISTRATION
from local.nlb.tls import load
from local.nlb.visitor import Visitor
from local.providers.tls import certificates
from local.time_scale import scaled
from tests.support.mesh import entrances
from tests.support.mesh.answering_pods import Pod
from tests.support.mesh.entrances import entrance, soon

CERTIFICATE = "arn:aws:acm:us-west-2:210987654321:certificate/00000000-0000-0000-0000-000000000001"
URL = "http://shop.example.com/"
VISITOR = network.VISITORS.format(9)
BY_MODE = {
    "preserve": {"preserve_client_ip.enabled": "true"},
    "proxy-protocol": {"preserve_client_ip.enabled": "false", "proxy_protocol_v2.enabled": "true"},
    "none": {"preserve_client_ip.enabled": "false"},
}


@pytest.fixture
def visitor() -> Iterator[Visitor]:
    with Visitor(VISITOR) as made:
        yield made


@pytest.fixture
def pods() -> Iterator[list[Pod]]:
    """The test's pods, closed after it."""
    made: list[Pod] = []
    yield made
    for pod in made:
        pod.close()


def start(pods: list[Pod], number: int, port: int = 80, tls: ssl.SSLContext | None = None) -> Pod:
    pods.append(Pod(f"10.244.1.{number}", port, tls=tls))
    return pods[-1]


def pair() -> ssl.SSLContext:
    key, certificate = certificates.throw_away("gateway", clock.now())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    load(context, certificate.encode(), key.encode())
    return context


@pytest.mark.parametrize(
    ("mode", "seen"),
    [
        ("preserve", f"{VISITOR} -"),
        ("proxy-protocol", f"{network.BALANCERS.format(1)} {VISITOR}"),
        ("none", f"{network.BALANCERS.format(1)} -"),
    ],
)
def test_a_target_sees_whom_the_group_says(mode: str, seen: str, visitor: Visitor, pods: list[Pod]) -> None:
    with entrance(attributes=BY_MODE[mode]) as way:
        pod = start(pods, 1)
        way.register(pod)
        assert visitor.get(URL, at=way.address).body == f"{pod.address} {seen}"
        # The machine itself, as a browser on this computer comes in.
        at_home = AtHome().get(URL, at=way.address).body
        assert at_home == f"{pod.address} {seen.replace(VISITOR, network.AT_HOME)}"


def test_a_target_is_registered_for_a_while_first(visitor: Visitor, pods: list[Pod]) -> None:
    with entrance(registration=REGISTRATION) as way:
        pod = start(pods, 1)
        begun = time.monotonic()
        way.begin(pod)
        assert soon(lambda: way.state(pod) == "initial")
        with pytest.raises((OSError, http.client.HTTPException)):
            visitor.get(URL, at=way.address)
        way.register(pod)
        assert time.monotonic() - begun >= scaled(REGISTRATION)


def test_new_connections_reach_a_deregistered_target_for_the_lag(visitor: Visitor, pods: list[Pod]) -> None:
    with entrance(attributes={"deregistration_delay.timeout_seconds": str(NLB_LAG)}) as way:
        old, new = start(pods, 1), start(pods, 2)
        way.register(old, new)
        begun = time.monotonic()
        way.deregister(old)
        assert soon(lambda: way.state(old) == "draining")
        last = 0.0
        while (passed := time.monotonic() - begun) < 1.5 * scaled(NLB_LAG):
            if visitor.get(URL, at=way.address).body.startswith(old.address):
                last = passed
            time.sleep(0.05)
        assert 0.9 * scaled(NLB_LAG) < last < 1.1 * scaled(NLB_LAG)
        assert way.state(old) is None


def test_open_connections_stay_and_a_listener_closed_too_soon_shows(visitor: Visitor, pods: list[Pod]) -> None:
    with entrance(attributes={"deregistration_delay.timeout_seconds": "1"}) as way:
        pod = start(pods, 1)
        way.register(pod)
        opened = visitor.connect(way.address, 80, 10)
        request = b"GET / HTTP/1.1\r\nhost: x\r\nconnection: keep-alive\r\n\r\n"
        opened.sendall(request)
        assert opened.recv(4096)
        way.deregister(pod)
        pod.refuse()
        with pytest.raises((OSError, http.client.HTTPException)):
            visitor.get(URL, at=way.address)
        assert soon(lambda: way.state(pod) is None)
        opened.sendall(request)
        assert pod.address.encode() in opened.recv(4096)
        opened.close()


def test_a_target_that_is_not_ready_gets_nothing_more(visitor: Visitor, pods: list[Pod]) -> None:
    with entrance() as way:
        good, bad = start(pods, 1), start(pods, 2)
        way.register(good, bad)
        bad.status = 503
        assert soon(lambda: way.state(bad) == "unhealthy")
        seen = {visitor.get(URL, at=way.address).body.split()[0] for _ in range(6)}
        assert seen == {good.address}
        bad.status = 200
        assert soon(lambda: way.state(bad) == "healthy")


def test_tls_ends_at_the_balancer_and_begins_again_without_a_name(visitor: Visitor, pods: list[Pod]) -> None:
    with entrance(port=443, tls=True, certificate=CERTIFICATE, attributes=BY_MODE["preserve"]) as way:
        pod = start(pods, 1, 443, pair())
        way.register(pod)
        for name in ("shop.example.com", ""):
            answer = visitor.ask("https://shop.example.com/", at=way.address, server_name=name)
            assert answer.body == f"{pod.address} {VISITOR} -"
            assert answer.certificate is not None
            assert b"certificate.example" in answer.certificate
    assert pod.names == [None, None]


@pytest.mark.parametrize("closed", ["checks out", "checks in"])
def test_without_a_rule_for_checks_nothing_becomes_healthy(closed: str, pods: list[Pod]) -> None:
    with entrance(closed=frozenset([closed])) as way:
        pod = start(pods, 1)
        way.begin(pod)
        assert soon(lambda: way.state(pod) == "unhealthy", within=20)


@pytest.mark.parametrize("closed", ["visitors", "traffic out", "traffic in"])
def test_without_a_rule_for_traffic_nobody_comes_in(closed: str, visitor: Visitor, pods: list[Pod]) -> None:
    with entrance(closed=frozenset([closed])) as way:
        pod = start(pods, 1)
        way.register(pod)
        with pytest.raises((OSError, http.client.HTTPException)):
            visitor.get(URL, at=way.address)
        assert pod.seen == []


def test_only_admitted_addresses_come_in(visitor: Visitor, pods: list[Pod]) -> None:
    with entrance() as way, Visitor("192.0.2.7") as stranger:
        pod = start(pods, 1)
        way.register(pod)
        assert visitor.get(URL, at=way.address).status == 200
        with pytest.raises((OSError, http.client.HTTPException)):
            stranger.get(URL, at=way.address)


def test_it_is_no_bottleneck(visitor: Visitor, pods: list[Pod]) -> None:
    with entrance(attributes=BY_MODE["preserve"]) as way:
        way.register(start(pods, 1), start(pods, 2))
        done: list[int] = []

        def ask() -> None:
            done.extend(visitor.get(URL, at=way.address).status for _ in range(50))

        threads = [threading.Thread(target=ask) for _ in range(8)]
        begun = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert done == [200] * 400
        assert len(done) / (time.monotonic() - begun) > 100


def test_nothing_is_left_of_a_balancer(pods: list[Pod]) -> None:
    before = threading.active_count()
    with entrance(attributes=BY_MODE["preserve"]) as way:
        assert way.address in entrances.addresses()
        arn = way.arn
        with way.session.lock:
            way.session.elb.delete_load_balancer(LoadBalancerArn=arn)
        assert soon(lambda: way.address not in entrances.addresses())
    assert network.AT_HOME not in entrances.addresses()
    assert soon(lambda: threading.active_count() <= before)
