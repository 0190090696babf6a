"""Who does not prove who he is by mutual TLS gets nowhere in the mesh."""

import base64
import datetime
import json
import sys
from collections.abc import Iterator
from typing import cast

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID

from components.settings import clock
from local.node.images import CLIENT
from local.world.callers import Caller, Reply
from local.world.mesh import Mesh
from tests.support.mesh import asking, live, meshes

PERMISSIVE = {"mtls": {"mode": "PERMISSIVE"}}
MESH_WIDE = ("security.istio.io/v1", "PeerAuthentication", "default", "istio-system")
PRODUCT_PAGE = "spiffe://cluster.local/ns/bookinfo/sa/bookinfo-productpage"
# A TLS client that believes everybody, and shows a certificate of its own making where it is told to; it says what it
# is shown, and what comes of a request.
HANDSHAKE = """
import json, socket, ssl, sys
address, port, certificate = sys.argv[1], int(sys.argv[2]), sys.argv[3]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
context.set_alpn_protocols(["istio"])
if certificate:
    with open("/tmp/own.pem", "w") as file:
        file.write(certificate)
    context.load_cert_chain("/tmp/own.pem")
shown = answer = error = ""
try:
    with context.wrap_socket(socket.create_connection((address, port), 5)) as opened:
        shown = ssl.DER_cert_to_PEM_cert(opened.getpeercert(binary_form=True))
        opened.sendall(b"GET /details/0 HTTP/1.1\\r\\nhost: details\\r\\nconnection: close\\r\\n\\r\\n")
        answer = opened.recv(100).decode()
except OSError as refused:
    error = str(refused)
print(json.dumps({"shown": shown, "answer": answer, "error": error}))
"""


@pytest.fixture(scope="module")
def plain(dev: Mesh) -> Iterator[Caller]:
    """Outside of the mesh: no sidecar."""
    with asking.caller(dev, "default", "plain") as made:
        assert len(made.pod()["spec"]["containers"]) == 1
        yield made


@pytest.fixture(scope="module")
def opted_out(dev: Mesh) -> Iterator[Caller]:
    """Beside Bookinfo and under the identity of its product page, but without a sidecar."""
    labels = {"sidecar.istio.io/inject": "false"}
    with asking.caller(dev, "bookinfo", "opted-out", service_account="bookinfo-productpage", labels=labels) as made:
        assert "initContainers" not in made.pod()["spec"]
        yield made


def ways(mesh: Mesh, service: str) -> list[str]:
    """To a service: its name, and each of its pods."""
    return [asking.url(service), *(asking.url(service, host=address) for address in asking.addresses(mesh, service))]


def handshake(caller: Caller, address: str, certificate: str = "") -> dict[str, str]:
    argv = [sys.executable, "-c", HANDSHAKE, address, str(asking.PORT), certificate]
    done = caller.kubelet.exec(caller.namespace, caller.name, CLIENT, argv, timeout=20)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("service", asking.PATHS)
def test_a_caller_without_a_sidecar_is_cut_off(dev: Mesh, plain: Caller, opted_out: Caller, service: str) -> None:
    for url in ways(dev, service):
        assert asking.reset(plain.ask(url)), url
        assert asking.reset(opted_out.ask(url)), url


def test_a_caller_with_a_sidecar_is_answered(dev: Mesh) -> None:
    assert asking.insider(dev, "productpage").ask(asking.url("details")).status == 200


def test_permissive_he_is_heard_and_refused_for_having_no_identity(dev: Mesh, plain: Caller) -> None:
    urls = [url for service in asking.PATHS for url in ways(dev, service)]

    def all_are(expected: str) -> None:
        assert {url: _kind(plain.ask(url)) for url in urls} == dict.fromkeys(urls, expected)

    with live.with_spec(dev, *MESH_WIDE, PERMISSIVE):
        meshes.eventually(lambda: all_are("forbidden"))
    all_are("reset")


def test_who_speaks_tls_must_show_a_certificate_of_the_mesh(dev: Mesh, plain: Caller) -> None:
    (details,) = asking.addresses(dev, "details")
    held = dev.control_plane.api.get("v1", "Secret", "cacerts", "istio-system")
    assert held
    authority, key = (base64.b64decode(held["data"][file]) for file in ("ca-cert.pem", "ca-key.pem"))

    named = x509.load_pem_x509_certificate(authority).subject
    for refused in ("", issued(named, ec.generate_private_key(ec.SECP256R1()))):
        found = handshake(plain, details, refused)
        assert (found["answer"], bool(found["error"])) == ("", True)

    # With the key of the mesh's own authority it is let in: nothing else was wrong with it.
    ours = issued(named, load_pem_private_key(key, None)) + authority.decode()
    found = handshake(plain, details, ours)
    assert found["answer"].startswith("HTTP/1.1 200"), found
    assert _identity(found["shown"]) == "spiffe://cluster.local/ns/bookinfo/sa/bookinfo-details"


def issued(issuer: x509.Name, key: PrivateKeyTypes) -> str:
    """A key with a certificate that names the product page, signed with that key in the issuer's name."""
    own, now = ec.generate_private_key(ec.SECP256R1()), clock.now()
    uses = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(issuer)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.UniformResourceIdentifier(PRODUCT_PAGE)]), critical=True)
        .add_extension(x509.ExtendedKeyUsage(uses), critical=False)
        .sign(cast(ec.EllipticCurvePrivateKey, key), hashes.SHA256())
    )
    private = own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return (private + made.public_bytes(Encoding.PEM)).decode()


def _kind(reply: Reply) -> str:
    if asking.reset(reply):
        return "reset"
    return "forbidden" if asking.forbidden(reply) else str(reply)


def _identity(certificate: str) -> str:
    made = x509.load_pem_x509_certificate(certificate.encode())
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    (found,) = names.get_values_for_type(x509.UniformResourceIdentifier)
    return found
