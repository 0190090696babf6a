"""Certificates of the tls stand-in are those the provider would make."""

import datetime
import re
from collections.abc import Iterator
from typing import Any

import grpc  # type: ignore[import-untyped]
import pulumi_tls
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from local.providers.tls import provider as tls
from local.providers.tls.keys import load
from local.providers.tls.provider import CERT_REQUEST, LOCALLY_SIGNED, PRIVATE_KEY, SELF_SIGNED, Tls
from tests.support.days import NOON
from tests.support.unit.provider_client import Client, Made, connected

AUTHORITY = {
    "subject": {"commonName": "Root", "organization": "Example"},
    "isCaCertificate": True,
    "setSubjectKeyId": True,
    "setAuthorityKeyId": True,
    "allowedUses": ["cert_signing", "crl_signing"],
    "validityPeriodHours": 48,
}


@pytest.fixture
def engine() -> Iterator[Client]:
    with connected(Tls(clock=lambda: NOON)) as client:
        yield client


@pytest.fixture
def key(engine: Client) -> Made:
    return engine.create(PRIVATE_KEY, "key", {"algorithm": "ECDSA", "ecdsaCurve": "P256"})


def root(engine: Client, key: Made, **changes: Any) -> Made:
    inputs = {"privateKeyPem": key.plain["privateKeyPem"], **AUTHORITY, **changes}
    return engine.create(SELF_SIGNED, "root", {name: value for name, value in inputs.items() if value is not None})


def certificate(made: Made) -> x509.Certificate:
    return x509.load_pem_x509_certificate(made.plain["certPem"].encode())


def value(made: Made, kind: type[Any]) -> Any:
    return certificate(made).extensions.get_extension_for_class(kind).value


def signed(engine: Client, key: Made, authority: Made, **changes: Any) -> Made:
    own = engine.create(PRIVATE_KEY, "own", {"algorithm": "ECDSA", "ecdsaCurve": "P384"})
    asked = engine.create(
        CERT_REQUEST,
        "request",
        {
            "privateKeyPem": own.plain["privateKeyPem"],
            "subject": {"commonName": "leaf"},
            "dnsNames": ["a.example.com"],
            "uris": ["spiffe://cluster.local/ns/a/sa/b"],
            "ipAddresses": ["10.0.0.1"],
        },
    )
    inputs = {
        "certRequestPem": asked.plain["certRequestPem"],
        "caCertPem": authority.plain["certPem"],
        "caPrivateKeyPem": key.plain["privateKeyPem"],
        "allowedUses": ["digital_signature", "server_auth"],
        "validityPeriodHours": 1,
    }
    return engine.create(LOCALLY_SIGNED, "leaf", inputs | changes)


@pytest.mark.parametrize(
    ("inputs", "kind", "size"),
    [
        ({"algorithm": "RSA"}, rsa.RSAPrivateKey, 2048),
        ({"algorithm": "RSA", "rsaBits": 3072}, rsa.RSAPrivateKey, 3072),
        ({"algorithm": "ECDSA"}, ec.EllipticCurvePrivateKey, 224),
        ({"algorithm": "ECDSA", "ecdsaCurve": "P256"}, ec.EllipticCurvePrivateKey, 256),
        ({"algorithm": "ECDSA", "ecdsaCurve": "P384"}, ec.EllipticCurvePrivateKey, 384),
        ({"algorithm": "ECDSA", "ecdsaCurve": "P521"}, ec.EllipticCurvePrivateKey, 521),
        ({"algorithm": "ED25519"}, ed25519.Ed25519PrivateKey, None),
    ],
)
def test_keys_of_every_algorithm_are_real(
    engine: Client, inputs: dict[str, Any], kind: type[Any], size: int | None
) -> None:
    made = engine.create(PRIVATE_KEY, "key", inputs).plain
    found = load(made["privateKeyPem"])

    assert isinstance(found, kind)
    assert getattr(found, "key_size", None) == size
    assert load(made["privateKeyPemPkcs8"]) is not None
    assert serialization.load_pem_public_key(made["publicKeyPem"].encode()) == found.public_key()
    assert (made["publicKeyOpenssh"] == "") == (size == 224)


def test_a_curve_nobody_has_is_refused(engine: Client) -> None:
    with pytest.raises(grpc.RpcError, match="P257"):
        engine.create(PRIVATE_KEY, "key", {"algorithm": "ECDSA", "ecdsaCurve": "P257"})


def test_private_keys_are_secret_in_every_form(key: Made) -> None:
    assert key.secrets == {("privateKeyPem",), ("privateKeyPemPkcs8",), ("privateKeyOpenssh",)}
    assert "PRIVATE" not in "".join(str(text) for name, text in key.plain.items() if (name,) not in key.secrets)


def test_a_root_is_an_authority_from_now_for_its_hours(engine: Client, key: Made) -> None:
    made = root(engine, key)

    assert certificate(made).not_valid_before_utc == NOON
    assert certificate(made).not_valid_after_utc == NOON + datetime.timedelta(hours=48)
    assert made.plain["validityStartTime"] == "2026-11-22T12:00:00Z"
    assert made.plain["validityEndTime"] == "2026-11-24T12:00:00Z"
    assert made.plain["readyForRenewal"] is False
    assert value(made, x509.BasicConstraints).ca
    assert value(made, x509.KeyUsage).key_cert_sign
    assert not value(made, x509.KeyUsage).digital_signature
    assert made.id == str(certificate(made).serial_number)
    certificate(made).verify_directly_issued_by(certificate(made))


@pytest.mark.parametrize(("asked", "written"), [(0, 0), (1, 1), (-1, None), (None, None)])
def test_the_path_length_is_the_one_asked_for(
    engine: Client, key: Made, asked: int | None, written: int | None
) -> None:
    assert value(root(engine, key, maxPathLength=asked), x509.BasicConstraints).path_length == written


def test_a_root_names_its_own_key_twice(engine: Client, key: Made) -> None:
    made = root(engine, key)

    own = value(made, x509.SubjectKeyIdentifier).digest
    assert value(made, x509.AuthorityKeyIdentifier).key_identifier == own


def test_a_leaf_carries_what_its_request_asks_and_names_its_authority(engine: Client, key: Made) -> None:
    authority = root(engine, key)
    leaf = signed(engine, key, authority)

    certificate(leaf).verify_directly_issued_by(certificate(authority))
    assert value(leaf, x509.SubjectAlternativeName).get_values_for_type(x509.DNSName) == ["a.example.com"]
    assert value(leaf, x509.ExtendedKeyUsage)[0] == ExtendedKeyUsageOID.SERVER_AUTH
    assert value(leaf, x509.AuthorityKeyIdentifier).key_identifier == value(authority, x509.SubjectKeyIdentifier).digest
    assert not value(leaf, x509.BasicConstraints).ca
    assert ("caPrivateKeyPem",) in leaf.secrets


def test_a_key_that_is_not_the_authoritys_signs_nothing(engine: Client, key: Made) -> None:
    other = engine.create(PRIVATE_KEY, "other", {"algorithm": "ECDSA", "ecdsaCurve": "P256"})

    with pytest.raises(grpc.RpcError, match="doesn't match parent's PublicKey"):
        signed(engine, other, root(engine, key))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"allowedUses": ["cert_sign"]}, "cert_sign is none of"),
        ({"subject": {}}, "at least one Distinguished Name"),
        ({"isCaCertificate": False, "setSubjectKeyId": False}, "authority key identifier"),
        ({"subject": {"emailAddress": "a@example.com"}}, "emailAddress is not put into names"),
    ],
)
def test_what_the_provider_refuses_is_refused(engine: Client, key: Made, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(grpc.RpcError, match=message):
        root(engine, key, **changes)


@pytest.mark.parametrize("type_", [PRIVATE_KEY, CERT_REQUEST, SELF_SIGNED, LOCALLY_SIGNED])
def test_required_inputs_are_checked(engine: Client, type_: str) -> None:
    found = {failure.property for failure in engine.check(type_, "x", {}).failures}

    assert found == set(tls.REQUIRED[type_])


def test_everything_but_the_hours_before_renewal_makes_a_new_certificate(engine: Client, key: Made) -> None:
    made = root(engine, key)
    inputs = {name: value for name, value in made.plain.items() if name in AUTHORITY or name == "privateKeyPem"}

    for name, change in {"subject": {}, "validityPeriodHours": 1, "allowedUses": [], "maxPathLength": 0}.items():
        assert engine.replaces(made, inputs | {name: change}) == [name]
    assert engine.replaces(made, inputs | {"earlyRenewalHours": 1}) == []
    assert engine.update(made, inputs | {"earlyRenewalHours": 1}).plain == made.plain | {"earlyRenewalHours": 1}


@pytest.mark.parametrize(
    ("type_", "sdk"),
    [
        (PRIVATE_KEY, pulumi_tls.PrivateKey),
        (CERT_REQUEST, pulumi_tls.CertRequest),
        (SELF_SIGNED, pulumi_tls.SelfSignedCert),
        (LOCALLY_SIGNED, pulumi_tls.LocallySignedCert),
    ],
)
def test_every_output_of_the_sdk_is_put_out(engine: Client, key: Made, type_: str, sdk: type[Any]) -> None:
    made = {
        PRIVATE_KEY: lambda: key,
        CERT_REQUEST: lambda: engine.create(CERT_REQUEST, "x", {"privateKeyPem": key.plain["privateKeyPem"]}),
        SELF_SIGNED: lambda: root(engine, key),
        LOCALLY_SIGNED: lambda: signed(engine, key, root(engine, key)),
    }[type_]()
    names = {camel(name) for name, kind in vars(sdk).items() if isinstance(kind, property)}
    optional = {"dnsNames", "ipAddresses", "uris", "subject"} | {name for name in names if "Wo" in name}

    assert names - optional <= made.plain.keys()


def camel(name: str) -> str:
    return re.sub(r"_([a-z0-9])", lambda found: found[1].upper(), name)
