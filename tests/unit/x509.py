"""Throw-away keys and certificates, made when the tests run."""

import datetime
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@cache
def _pair() -> tuple[str, str]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    key_pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return key_pem.decode(), certificate.public_bytes(serialization.Encoding.PEM).decode()


def outputs(type_: str) -> dict[str, Any]:
    """What the tls provider would put out for a type: one key and one certificate stand for all."""
    key, certificate = _pair()
    if type_.endswith(":PrivateKey"):
        return {"privateKeyPem": key, "privateKeyPemPkcs8": key, "publicKeyPem": "public"}
    if type_.endswith(":CertRequest"):
        return {"certRequestPem": "request"}
    return {
        "certPem": certificate,
        "validityStartTime": "2026-11-22T00:00:00Z",
        "validityEndTime": "2036-11-19T00:00:00Z",
    }


def private_key_pem() -> str:
    """The key that every stand-in key resource has."""
    return _pair()[0]
