"""Only whole PEM blocks that belong together reach cacerts."""

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from components import trust
from local.providers.tls import certificates as tls
from tests.support.days import NOON
from tests.support.unit.rotations import ROTATION, key_of, pems
from tests.support.unit.tls_provider import Cluster


def bundles() -> dict[str, dict[str, Any]]:
    """Arguments for a stack of its own, before and after its root is replaced."""
    cluster, found = Cluster(now=NOON), {}
    for step in ("stable", "trust-both", "sign-new", "retired"):
        cluster.up(trust.plan(ROTATION[step], "cluster.local"))
        made = cluster.cacerts
        certificate, root = made["ca-cert.pem"], made["cert-chain.pem"].removeprefix(made["ca-cert.pem"])
        roots = [each.public_bytes(Encoding.PEM).decode() for each in pems(made["root-cert.pem"])]
        found[step] = {"certificate": certificate, "key": made["ca-key.pem"], "signing_root": root, "roots": roots}
    return found


OURS = bundles()
GOOD, NEW, OTHER = OURS["stable"], OURS["sign-new"], bundles()["stable"]
CERTIFICATE, KEY, ROOT = GOOD["certificate"], GOOD["key"], GOOD["signing_root"]


def without_end(pem: str) -> str:
    """A block with fewer bytes, all of it well-formed but what it encodes."""
    first, *body, last = pem.strip().splitlines()
    der = base64.b64decode("".join(body))[:-40]
    return f"{first}\n{base64.b64encode(der).decode()}\n{last}\n"


BROKEN: list[tuple[str, dict[str, Any]]] = [
    ("a truncated certificate", {"certificate": CERTIFICATE[:40]}),
    ("a truncated key", {"key": KEY[:40]}),
    ("no key", {"key": ""}),
    ("a certificate as key", {"key": CERTIFICATE}),
    ("a key as certificate", {"certificate": KEY}),
    ("a key among the roots", {"roots": [ROOT, KEY]}),
    ("two blocks in one", {"certificate": CERTIFICATE * 2}),
    ("broken base64", {"certificate": CERTIFICATE.replace("\n-----END", "A\n-----END")}),
    ("a signing root that is not trusted", {"roots": [OTHER["signing_root"]]}),
    ("no roots", {"roots": []}),
    ("a certificate without its end", {"certificate": without_end(CERTIFICATE)}),
    ("a root without its end", {"roots": [ROOT, without_end(NEW["signing_root"])]}),
    ("another stack's key", {"key": OTHER["key"]}),
    ("another stack's certificate and key", {"certificate": OTHER["certificate"], "key": OTHER["key"]}),
    ("the certificate below the new root", {"certificate": NEW["certificate"], "roots": NEW["roots"]}),
    ("the new root above the old certificate", {"signing_root": NEW["signing_root"], "roots": NEW["roots"]}),
    ("a root in the place of the certificate", {"certificate": ROOT}),
]
SAID = (
    r"not one complete PEM block|invalid base64|not one of the trusted|not contain a complete certificate"
    r"|to another key|signed by another root"
)


@pytest.mark.parametrize("step", OURS)
def test_what_belongs_together_is_taken(step: str) -> None:
    assert set(trust.cacerts(**OURS[step])) == {"ca-cert.pem", "ca-key.pem", "cert-chain.pem", "root-cert.pem"}


@pytest.mark.parametrize(("told", "change"), BROKEN, ids=[told for told, _ in BROKEN])
def test_a_broken_bundle_is_refused_without_showing_it(told: str, change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=SAID) as refused:
        trust.cacerts(**GOOD | change)
    assert KEY.splitlines()[1][:8] not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("form", [PrivateFormat.TraditionalOpenSSL, PrivateFormat.PKCS8])
@pytest.mark.parametrize("algorithm", ["ECDSA", "RSA"])
def test_every_form_of_a_key_is_known(algorithm: str, form: PrivateFormat) -> None:
    key: Any = key_of({"ca-key.pem": KEY})
    certificate = CERTIFICATE
    if algorithm == "RSA":
        key = rsa.generate_private_key(65537, 2048)
        certificate = of_rsa(key)
    written = key.private_bytes(Encoding.PEM, form, NoEncryption()).decode()
    own = {"certificate": certificate, "key": written}
    if algorithm == "RSA":
        own |= {"signing_root": certificate, "roots": [certificate]}
    assert trust.cacerts(**GOOD | own)["ca-key.pem"] == written


def of_rsa(key: rsa.RSAPrivateKey) -> str:
    """An authority that signed itself."""
    asked = {
        "privateKeyPem": key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        "subject": {"commonName": "RSA"},
        "isCaCertificate": True,
        "setSubjectKeyId": True,
        "setAuthorityKeyId": True,
        "allowedUses": ["cert_signing"],
        "validityPeriodHours": 1,
    }
    return str(tls.self_signed(asked, NOON)["certPem"])


def test_blocks_are_joined_at_line_ends() -> None:
    bare: dict[str, Any] = {key: text.strip() for key, text in GOOD.items() if key != "roots"}
    assert trust.cacerts(**bare, roots=[ROOT.strip()]) == trust.cacerts(**GOOD)
