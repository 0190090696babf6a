"""What workloads may call: with registry-only, what their namespace's settings name, and nothing else."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from components.istio import istiod_values
from local.world.callers import Caller, Reply
from local.world.mesh import Mesh
from tests.support.mesh import asking, meshes, outsider
from tests.support.mesh.access_logs import logged
from tests.support.mesh.outsider import Outsider

REGISTRY_ONLY = {"mesh": {"outbound": "registry-only"}}
CALLS = ["bookinfo/details", "partner.test:80", "partner.test:443", "partner.test:5432", "*.wild.test:443"]
NAMESPACES = [{"name": "shop", "kubernetesApi": True, "calls": CALLS}, {"name": "closed"}]
PORTS = (80, 443, 5432, 8080)
# Two who run on the same ports, the names of each, and what the calls above open.
PARTNER, OTHER = "192.0.2.80", "192.0.2.81"
HOSTS = {"partner.test": PARTNER, "eu.wild.test": PARTNER, "other.test": OTHER}
OPEN = ("http://partner.test", "https://partner.test", "http://partner.test:5432", "https://eu.wild.test")
SHUT = (
    # Another port of a host, another host on a port, and another scheme of a wildcard.
    "http://partner.test:8080",
    "http://eu.wild.test",
    "http://other.test",
    "https://other.test",
    "http://other.test:5432",
    "http://other.test:8080",
)
# What the caller's proxy writes of it, as in the table of docs/app-teams.md.
CUT_OFF = {"response_code": 0, "response_flags": "UH", "upstream_cluster": "BlackHoleCluster"}
REFUSED = {
    "http://other.test": {
        "response_code": 502,
        "response_flags": "-",
        "response_code_details": "direct_response",
        "route_name": "block_all",
    },
    "https://other.test": CUT_OFF,
    "http://other.test:5432": CUT_OFF,
}
# The agent of EKS Pod Identity on every node (AWS, "Learn how EKS Pod Identity works").
POD_IDENTITY = "169.254.170.23"
EXCLUDED = "traffic.sidecar.istio.io/excludeOutboundIPRanges"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Workloads of two namespaces: ``shop`` has calls in its settings, ``closed`` has none."""

    mesh: Mesh
    shop: Caller
    closed: Caller
    partner: Outsider
    other: Outsider


@pytest.fixture(scope="module")
def place(dev: Mesh) -> Iterator[Place]:
    """With the stack's own policy, allow-any."""
    with ExitStack() as opened:
        partner, other = (opened.enter_context(outsider.serving(each, PORTS)) for each in (PARTNER, OTHER))
        opened.enter_context(named(dev))
        opened.enter_context(meshes.changed(dev, {"namespaces": NAMESPACES}))
        shop, closed = (opened.enter_context(asking.caller(dev, each, "asker")) for each in ("shop", "closed"))
        yield Place(mesh=dev, shop=shop, closed=closed, partner=partner, other=other)


@pytest.fixture(scope="module")
def shut(place: Place) -> Iterator[Place]:
    """With registry-only, once the proxies have heard of it."""
    with meshes.changed(place.mesh, REGISTRY_ONLY):
        for caller in (place.shop, place.closed):
            meshes.eventually(lambda caller=caller: nothing(outsider.ask(caller, "http://other.test:8080").reply))
        yield place


@contextmanager
def named(mesh: Mesh) -> Iterator[None]:
    try:
        for name, address in HOSTS.items():
            mesh.kubelet.hosts.outside(name, address)
        yield
    finally:
        for name in HOSTS:
            mesh.kubelet.hosts.outside(name, None)


def nothing(reply: Reply) -> None:
    """No word of the other side: the proxy hangs up, or says for HTTP that it knows no way."""
    hung_up = ("ConnectionResetError", "RemoteDisconnected", "SSLEOFError", "BrokenPipeError")
    assert (reply.status, reply.body) == (502, "") or reply.error.startswith(hung_up), reply


def answered(reply: Reply, by: Outsider) -> None:
    assert (reply.status, reply.body) == (200, by.greeting()), reply


def api_address(mesh: Mesh) -> str:
    """As every pod has it in KUBERNETES_SERVICE_HOST."""
    service = mesh.control_plane.api.get("v1", "Service", "kubernetes", "default")
    assert service
    return str(service["spec"]["clusterIP"])


@pytest.mark.parametrize("url", [*OPEN, *SHUT])
def test_with_allow_any_everybody_may_call_everything_outside(place: Place, url: str) -> None:
    by = place.other if "other" in url else place.partner
    answered(outsider.ask(place.closed, url).reply, by)


@pytest.mark.parametrize("url", OPEN)
def test_calls_open_the_hosts_and_ports_they_name(shut: Place, url: str) -> None:
    answered(outsider.ask(shut.shop, url).reply, shut.partner)


@pytest.mark.parametrize("url", SHUT)
def test_they_open_nothing_else(shut: Place, url: str) -> None:
    seen = [*shut.partner.seen, *shut.other.seen]
    nothing(outsider.ask(shut.shop, url).reply)
    assert [*shut.partner.seen, *shut.other.seen] == seen


@pytest.mark.parametrize("url", REFUSED)
def test_the_log_of_the_caller_says_why(shut: Place, url: str) -> None:
    nothing(outsider.ask(shut.shop, url).reply)
    upstream = urlsplit(url).port or {"http": 80, "https": 443}[urlsplit(url).scheme]
    logged(shut.mesh, "shop", "app=asker", downstream_local_address=f"{OTHER}:{upstream}", **REFUSED[url])


@pytest.mark.parametrize("url", [*OPEN, *SHUT])
def test_a_namespace_without_calls_reaches_nobody_outside(shut: Place, url: str) -> None:
    seen = [*shut.partner.seen, *shut.other.seen]
    nothing(outsider.ask(shut.closed, url).reply)
    assert [*shut.partner.seen, *shut.other.seen] == seen


def test_a_host_of_the_calls_is_named_by_the_sidecar_itself(shut: Place) -> None:
    """So that its port can be told from the same port of others."""
    assert outsider.ask(shut.shop, "http://partner.test:5432").address.startswith("240.240.")
    assert outsider.ask(shut.closed, "http://partner.test:5432").address == PARTNER


def test_a_name_that_is_open_does_not_lead_to_another_address(shut: Place) -> None:
    before = list(shut.other.seen)
    reply = shut.shop.ask(f"http://{OTHER}", headers={"host": "partner.test"})
    answered(reply, shut.partner)
    nothing(shut.shop.ask(f"http://{OTHER}:5432", headers={"host": "partner.test"}))
    assert shut.other.seen == before


def test_a_call_to_a_service_opens_that_service_alone(shut: Place) -> None:
    """The caller's side: whether it gets in is up to the other namespace."""
    assert asking.forbidden(shut.shop.ask(asking.url("details")))
    for service in asking.PATHS.keys() - {"details"}:
        nothing(shut.shop.ask(asking.url(service)))
    for service in asking.PATHS:
        nothing(shut.closed.ask(asking.url(service)))


def test_only_with_kubernetes_api_a_workload_may_call_the_api_server(shut: Place) -> None:
    version = f"https://{api_address(shut.mesh)}/version"
    reply = shut.shop.ask(version)
    assert (reply.status, "gitVersion" in reply.body) == (200, True), reply
    nothing(shut.closed.ask(version))


def test_credentials_of_pod_identity_come_past_the_sidecar(shut: Place) -> None:
    with agent_of_pod_identity() as agent:
        answered(shut.closed.ask(f"http://{POD_IDENTITY}/v1/credentials"), agent)
        # A pod's own exclusion takes the place of the mesh's.
        with asking.caller(shut.mesh, "closed", "intercepted", annotations={EXCLUDED: "192.0.2.99/32"}) as intercepted:
            before = list(agent.seen)
            nothing(intercepted.ask(f"http://{POD_IDENTITY}/v1/credentials"))
            assert agent.seen == before


def test_every_sidecar_is_told_to_leave_pod_identity_alone(shut: Place) -> None:
    for caller in (shut.shop, shut.closed):
        assert caller.pod()["metadata"]["annotations"][EXCLUDED] == f"{POD_IDENTITY}/32" == istiod_values.POD_IDENTITY


@contextmanager
def agent_of_pod_identity() -> Iterator[Outsider]:
    """On the node, as it is the host's network that it runs in."""
    address = f"{POD_IDENTITY}/32"
    subprocess.run(["ip", "address", "add", address, "dev", "lo"], check=True)
    try:
        made = Outsider(POD_IDENTITY)
        server = outsider.listening(made, 80)
        try:
            yield made
        finally:
            server.shutdown()
            server.server_close()
    finally:
        subprocess.run(["ip", "address", "delete", address, "dev", "lo"], check=True)
