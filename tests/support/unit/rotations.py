"""Rotations step by step on the real component, and workload certificates below what it makes."""

import datetime
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import verification
from cryptography.x509.oid import ExtendedKeyUsageOID

from components import trust
from components.settings import Certificates
from tests.support.days import NOON, TODAY
from tests.support.unit.certificate_settings import certificates
from tests.support.unit.tls_provider import Cluster

SPIFFE = "spiffe://cluster.local/ns/bookinfo/sa/bookinfo-reviews"

Bundle = dict[str, str]


def root_rotation(day: datetime.date) -> dict[str, Certificates]:
    """Settings of each step; everything is made on that day."""
    one, both = [(1, str(day))], [(1, str(day)), (2, str(day))]
    return {
        "stable": certificates(one, 1, one),
        "trust-both": certificates(both, 1, one),
        "sign-new": certificates(both, 2, one),
        "retired": certificates(both[1:], 2, one),
    }


def intermediate_rotation(day: datetime.date) -> dict[str, Certificates]:
    """Settings of each step; everything is made on that day."""
    one, both = [(1, str(day))], [(1, str(day)), (2, str(day))]
    return {
        "one": certificates(one, 1, one),
        "listed": certificates(one, 1, both),
        "signs": certificates(one, 1, both, 2),
        "dropped": certificates(one, 1, both[1:], 2),
    }


ROTATION = root_rotation(TODAY)
INTERMEDIATE_ROTATION = intermediate_rotation(TODAY)


@dataclass(frozen=True)
class Leaf:
    """A workload certificate as istiod issues it, with the chain that the workload sends."""

    certificate: x509.Certificate
    chain: list[x509.Certificate]


def up(cluster: Cluster, settings_: Certificates) -> Bundle:
    cluster.up(trust.plan(settings_, "cluster.local"))
    return cluster.cacerts


def steps(rotation: dict[str, Certificates]) -> dict[str, Bundle]:
    """The Secret after each `up` of a rotation."""
    cluster = Cluster(now=NOON)
    return {step: up(cluster, settings_) for step, settings_ in rotation.items()}


def pems(text: str) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(text.encode())


def key_of(bundle: Bundle) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(bundle["ca-key.pem"].encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def issued(
    issuer: x509.Certificate,
    key: ec.EllipticCurvePrivateKey,
    *,
    ca: bool = False,
    spiffe: str = SPIFFE,
    starts: datetime.datetime = NOON,
    lasts: datetime.timedelta = trust.WORKLOAD_LIFETIME,
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """A certificate below an issuer; with ``ca`` one more authority."""
    own = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "below")]) if ca else x509.Name([])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.subject)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts)
        .not_valid_after(starts + lasts)
        .add_extension(x509.BasicConstraints(ca, None), True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), False)
        .add_extension(x509.KeyUsage(True, False, False, False, False, ca, ca, False, False), True)
    )
    if not ca:
        both = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        builder = builder.add_extension(x509.ExtendedKeyUsage(both), False).add_extension(
            x509.SubjectAlternativeName([x509.UniformResourceIdentifier(spiffe)]), True
        )
    return builder.sign(key, hashes.SHA256()), own


def leaf(bundle: Bundle, starts: datetime.datetime = NOON, lasts: datetime.timedelta = trust.WORKLOAD_LIFETIME) -> Leaf:
    """istiod signs with ca-key.pem in the name of ca-cert.pem and hands out cert-chain.pem behind it."""
    [authority] = pems(bundle["ca-cert.pem"])
    return Leaf(issued(authority, key_of(bundle), starts=starts, lasts=lasts)[0], pems(bundle["cert-chain.pem"]))


def verify(leaf: Leaf, trusted: Bundle, at: datetime.datetime = NOON) -> list[x509.Certificate]:
    """The chain that a peer builds, from root-cert.pem of the Secret it got last."""
    store = verification.Store(pems(trusted["root-cert.pem"]))
    verifier = verification.PolicyBuilder().store(store).time(at).build_client_verifier()
    return verifier.verify(leaf.certificate, leaf.chain).chain
