"""TLS at the public gateway by ``tls.mode``: what a visitor is redirected to, shown and refused."""

from collections.abc import Iterator
from functools import partial

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from moto.acm.models import acm_backends

from components.settings import clock
from local.control_plane.api_connection import Manifest
from local.nlb.browser import AtHome, secure
from local.nlb.visitor import Visitor
from local.node.interception import PROXY
from local.providers.tls import certificates
from local.world.mesh import Mesh
from local.world.world import CERTIFICATE
from tests.support.mesh import gateways, live, meshes

HOST = "bookinfo.localhost"
PAGE = f"https://{HOST}/productpage"
PLAIN = f"http://{HOST}/productpage?u=test"
SECRET = "visitors-see"
# Of the Istio Gateway, for handshakes without a name.
ANY_SNI = "./*"
GATEWAY = ("networking.istio.io/v1", "Gateway", gateways.NAME)


@pytest.fixture(scope="module")
def tls(dev: Mesh, request: pytest.FixtureRequest) -> Iterator[Mesh]:
    """The stack with other ``tls``."""
    with meshes.changed(dev, {"gateways": {gateways.NAME: {"tls": request.param}}}):
        yield dev


self_signed = pytest.mark.parametrize("tls", [{"mode": "self-signed"}], indirect=True, ids=["self-signed"])
from_secret = pytest.mark.parametrize(
    "tls", [{"mode": "secret", "secretName": SECRET}], indirect=True, ids=["from-secret"]
)


def handshake(address: str, server_name: str) -> str | None:
    """Whose certificate a gateway pod shows to whoever comes with this name, "" for none; None when it shows none."""
    try:
        with AtHome().connect(address, 443, 10) as opened, secure(opened, server_name) as secured:
            return common_name(x509.load_der_x509_certificate(secured.getpeercert(binary_form=True) or b""))
    except OSError:
        return None


def shown(mesh: Mesh, visitor: Visitor) -> x509.Certificate | None:
    """What the NLB or, through it, the gateway shows to a visitor who then gets the page; None when nobody answers."""
    try:
        answer = visitor.ask(PAGE, at=gateways.address(mesh))
    except OSError:
        return None
    assert answer.status == 200
    assert "Comedy of Errors" in answer.body
    return x509.load_der_x509_certificate(answer.certificate or b"")


def common_name(certificate: x509.Certificate) -> str:
    """Of its subject."""
    return str(certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


def redirected(mesh: Mesh, visitor: Visitor) -> None:
    """Plain HTTP leads to the same place over HTTPS."""
    answer = visitor.ask(PLAIN, at=gateways.address(mesh))
    assert (answer.status, answer.headers.get("location")) == (301, PLAIN.replace("http:", "https:"))


def test_without_tls_plain_http_is_served_and_nobody_listens_for_more(dev: Mesh, visitor: Visitor) -> None:
    assert meshes.visit(dev, visitor, PLAIN).status == 200
    with pytest.raises(ConnectionRefusedError):
        visitor.ask(PAGE, at=gateways.address(dev))


@self_signed
def test_http_is_redirected_and_https_shows_a_certificate_of_our_making(tls: Mesh, visitor: Visitor) -> None:
    meshes.visit(tls, visitor, PAGE)
    certificate = shown(tls, visitor)
    assert certificate
    assert certificate.issuer == certificate.subject
    assert common_name(certificate) == gateways.WORKLOAD
    redirected(tls, visitor)


@from_secret
def test_https_answers_from_when_its_secret_is_there_and_shows_the_newest(tls: Mesh, visitor: Visitor) -> None:
    api, before = tls.control_plane.api, running(tls)
    meshes.eventually(lambda: same({"healthy"}, set(gateways.states(tls, 443).values())))
    meshes.eventually(lambda: redirected(tls, visitor))
    assert shown(tls, visitor) is None
    try:
        for _ in range(2):
            secret, certificate = pair()
            api.apply(secret, field_manager="somebody", force=True)
            meshes.eventually(partial(shows, tls, visitor, certificate))
        assert running(tls) == before
    finally:
        api.delete("v1", "Secret", SECRET, gateways.WORKLOAD)


def shows(mesh: Mesh, visitor: Visitor, certificate: x509.Certificate) -> None:
    """A visitor gets the page, and sees this certificate."""
    assert shown(mesh, visitor) == certificate


def running(mesh: Mesh) -> dict[str, int]:
    """The gateway's proxies, by pod."""
    names = [pod["metadata"]["name"] for pod in gateways.pods(mesh)]
    return {name: mesh.kubelet.process(gateways.WORKLOAD, name, PROXY) for name in names}


def pair() -> tuple[Manifest, x509.Certificate]:
    """A certificate as a Secret, and by itself."""
    key, certificate = certificates.throw_away(HOST, clock.now())
    manifest: Manifest = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": SECRET, "namespace": gateways.WORKLOAD},
        "type": "kubernetes.io/tls",
        "stringData": {"tls.crt": certificate, "tls.key": key},
    }
    return manifest, x509.load_pem_x509_certificate(certificate.encode())


def test_with_acm_a_visitor_sees_the_certificate_of_the_nlb_and_the_page(prod: Mesh, visitor: Visitor) -> None:
    session = prod.world.account.session
    bundle = acm_backends[session.account][session.region]._certificates[CERTIFICATE]
    meshes.visit(prod, visitor, PAGE)
    assert shown(prod, visitor) == x509.load_pem_x509_certificate(bundle.cert)
    redirected(prod, visitor)


def test_with_acm_an_unlisted_host_is_not_served(prod: Mesh, visitor: Visitor) -> None:
    # The NLB's handshake with the pod names nobody.
    for scheme in ("https", "http"):
        assert meshes.visit(prod, visitor, f"{scheme}://other.localhost/productpage").status == 404


def test_with_acm_a_handshake_without_a_name_succeeds_at_every_pod(prod: Mesh) -> None:
    addresses = [pod["status"]["podIP"] for pod in gateways.pods(prod)]
    assert {address: handshake(address, "") for address in addresses} == dict.fromkeys(addresses, gateways.WORKLOAD)


def test_with_acm_nobody_comes_in_unless_the_gateway_has_a_bare_wildcard(prod: Mesh, visitor: Visitor) -> None:
    api = prod.control_plane.api
    found = api.get(*GATEWAY, gateways.WORKLOAD)
    assert found
    servers = found["spec"]["servers"]
    listed = [{**each, "hosts": [host for host in each["hosts"] if host != ANY_SNI]} for each in servers]
    assert listed != servers
    pod = gateways.pods(prod)[0]["status"]["podIP"]
    assert shown(prod, visitor)
    with live.with_spec(prod, *GATEWAY, gateways.WORKLOAD, {**found["spec"], "servers": listed}):
        meshes.eventually(lambda: same(None, handshake(pod, "")))
        # The name is all that is missing.
        assert handshake(pod, HOST) == gateways.WORKLOAD
        meshes.eventually(lambda: same(None, shown(prod, visitor)))
    meshes.eventually(lambda: same(gateways.WORKLOAD, handshake(pod, "")))
    meshes.eventually(lambda: same(True, bool(shown(prod, visitor))))


def same(expected: object, found: object) -> None:
    """For ``eventually``."""
    assert found == expected
