"""What a gateway makes of its connections, as set: whom it sees behind the NLB, and when it lets go of idle ones."""

import http.client
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager

import pytest

from components.gateways import load_balancer
from local.control_plane.api_connection import Manifest
from local.nlb.browser import AtHome
from local.nlb.network import VISITORS
from local.nlb.visitor import Visitor
from local.world.mesh import Mesh
from tests.support.mesh import gateways, live, meshes

# Seconds after which the NLB forgets an idle connection.
COMMITTED, SHORTER = 350, 100
# The first is what is committed. The last replaces the pods, as does an idle timeout: once is enough for both.
SETTINGS: dict[str, dict[str, object]] = {
    "preserve": {},
    "none": {"clientIp": "none"},
    "proxy-protocol": {"clientIp": "proxy-protocol", "idleTimeoutSeconds": SHORTER},
}
HOST = "http://bookinfo.localhost"
PAGE = f"{HOST}/productpage"
FORGED = {"X-Forwarded-For": "192.0.2.66"}
PROXY_PROTOCOL = "proxy_protocol_v2.enabled"
PRESERVE = "preserve_client_ip.enabled"
IDLE = "tcp.idle_timeout.seconds"
LISTENER_FILTER = "envoy.filters.listener.proxy_protocol"


@pytest.fixture(scope="module")
def mode(dev: Mesh, request: pytest.FixtureRequest) -> Iterator[str]:
    """The stack with this ``clientIp``."""
    if not SETTINGS[request.param]:
        yield request.param
        return
    with meshes.changed(dev, {"gateways": {gateways.NAME: SETTINGS[request.param]}}):
        gateways.settle(dev)
        yield request.param
    gateways.settle(dev)


every_mode = pytest.mark.parametrize("mode", SETTINGS, indirect=True)
preserve = pytest.mark.parametrize("mode", ["preserve"], indirect=True)
proxy_protocol = pytest.mark.parametrize("mode", ["proxy-protocol"], indirect=True)


def status(dev: Mesh, visitor: Visitor, **headers: str) -> int | None:
    """Of the page, None when no answer comes."""
    try:
        return visitor.ask(PAGE, at=gateways.address(dev), headers=headers).status
    except (OSError, http.client.HTTPException):
        return None


def denied(dev: Mesh, address: str) -> AbstractContextManager[None]:
    """While it is entered the gateway lets in everybody but one address."""
    policy = {
        "apiVersion": "security.istio.io/v1",
        "kind": "AuthorizationPolicy",
        "metadata": {"name": "one-address", "namespace": gateways.WORKLOAD},
        "spec": {"action": "DENY", "rules": [{"from": [{"source": {"remoteIpBlocks": [f"{address}/32"]}}]}]},
    }
    return live.added(dev, policy)


@every_mode
def test_the_gateway_sees_the_address_that_the_mode_promises(dev: Mesh, visitor: Visitor, mode: str) -> None:
    path = f"/nowhere-{uuid.uuid4()}"
    # Nothing is there: errors are logged.
    assert visitor.ask(HOST + path, at=gateways.address(dev), headers=FORGED).status == 404
    line = gateways.logged(dev, path)
    seen = gateways.address(dev) if mode == "none" else visitor.address
    assert line["downstream_remote_address"].rpartition(":")[0] == seen
    # What an application reads: the last is the gateway's word, what the visitor wrote stays in front of it.
    assert line["x_forwarded_for"] == f"{FORGED['X-Forwarded-For']},{seen}"


@every_mode
def test_a_policy_of_the_gateway_knows_visitors_by_that_address(dev: Mesh, visitor: Visitor, mode: str) -> None:
    with Visitor(VISITORS.format(77)) as unwanted:
        everybody = mode == "none"
        with denied(dev, gateways.address(dev) if everybody else unwanted.address):
            meshes.eventually(lambda: _is(403, status(dev, unwanted)))
            assert status(dev, unwanted, **FORGED) == 403
            others = 403 if everybody else 200
            assert status(dev, visitor) == others
            assert status(dev, visitor, **{"X-Forwarded-For": unwanted.address}) == others
    assert status(dev, visitor) == 200


@every_mode
def test_target_group_and_gateway_agree(dev: Mesh, mode: str) -> None:
    attributes = gateways.group_attributes(dev, gateways.group(dev))
    assert attributes[PRESERVE] == str(mode == "preserve").lower()
    announced = mode == "proxy-protocol"
    assert attributes[PROXY_PROTOCOL] == str(announced).lower()
    for pod in gateways.pods(dev):
        filters = gateways.listeners(dev, pod)[80].get("listener_filters", [])
        assert (LISTENER_FILTER in [each["name"] for each in filters]) is announced


@preserve
def test_announced_to_a_gateway_that_expects_nothing_nobody_comes_in(dev: Mesh, visitor: Visitor, mode: str) -> None:
    assert status(dev, visitor) == 200
    with gateways.with_group_attribute(dev, gateways.group(dev), PROXY_PROTOCOL, "true"):
        # The header is no HTTP.
        meshes.eventually(lambda: _is(400, status(dev, visitor)))
        # Health checks are announced, too: the status port expects nothing either.
        meshes.eventually(lambda: _is({"unhealthy"}, set(gateways.states(dev).values())))
    gateways.settle(dev)
    assert status(dev, visitor) == 200


@proxy_protocol
def test_expected_but_not_announced_nobody_comes_in(dev: Mesh, visitor: Visitor, mode: str) -> None:
    assert status(dev, visitor) == 200
    with gateways.with_group_attribute(dev, gateways.group(dev), PROXY_PROTOCOL, "false"):
        meshes.eventually(lambda: _is(None, status(dev, visitor)))
    meshes.eventually(lambda: _is(200, status(dev, visitor)))
    # Callers inside announce nothing.
    (pod, *_) = gateways.pods(dev)
    with pytest.raises((OSError, http.client.HTTPException)):
        AtHome().ask(PAGE, at=pod["status"]["podIP"])


@every_mode
def test_the_gateway_lets_go_of_idle_connections_before_the_nlb_does(dev: Mesh, mode: str) -> None:
    seconds = SHORTER if mode == "proxy-protocol" else COMMITTED
    assert gateways.listener_attributes(dev)[IDLE] == str(seconds)
    for pod in gateways.pods(dev):
        (idle,) = idle_seconds(gateways.listeners(dev, pod)[80])
        assert 0 < idle < seconds


def test_it_does_so_at_every_port_where_the_nlb_ends_tls(prod: Mesh) -> None:
    # A TLS listener has no such attribute: it is fixed.
    assert gateways.listener_attributes(prod, 80)[IDLE] == str(load_balancer.TLS_IDLE_SECONDS)
    for pod in gateways.pods(prod):
        found = {port: idle_seconds(each) for port, each in gateways.listeners(prod, pod).items()}
        assert found.keys() == {80, 443}
        assert all(idle and max(idle) < load_balancer.TLS_IDLE_SECONDS for idle in found.values())


def idle_seconds(listener: Manifest) -> set[float]:
    """Of HTTP connections that come to a listener; Envoy's own default is an hour, said by leaving it out."""
    options = [each.get("common_http_protocol_options", {}) for each in gateways.http_managers(listener)]
    return {float(each.get("idle_timeout", "3600s").removesuffix("s")) for each in options}


def _is(expected: object, found: object) -> None:
    assert found == expected
