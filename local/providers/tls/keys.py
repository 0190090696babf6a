"""Private keys as the tls provider makes and writes them (terraform-provider-tls, internal/provider/common_key.go)."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from local.providers.protocol.failures import RefusedError

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

CURVES: dict[str, ec.EllipticCurve] = {
    "P224": ec.SECP224R1(),
    "P256": ec.SECP256R1(),
    "P384": ec.SECP384R1(),
    "P521": ec.SECP521R1(),
}
DEFAULT_BITS = 2048
DEFAULT_CURVE = "P224"


def private_key(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the outputs of a PrivateKey."""
    bits, curve = inputs.get("rsaBits", DEFAULT_BITS), inputs.get("ecdsaCurve", DEFAULT_CURVE)
    key = _generate(inputs["algorithm"], bits, curve)
    pkcs8 = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return {
        "rsaBits": bits,
        "ecdsaCurve": curve,
        "privateKeyPem": pkcs8 if isinstance(key, ed25519.Ed25519PrivateKey) else _traditional(key),
        "privateKeyPemPkcs8": pkcs8,
        "publicKeyPem": public_pem(key.public_key()),
        **_openssh(key),
    }


def load(pem_text: str) -> PrivateKey:
    """Load the key in a PEM; refuse another kind of key."""
    key = serialization.load_pem_private_key(pem_text.encode(), None)
    if not isinstance(key, PrivateKey):
        raise RefusedError(f"unsupported private key type {type(key).__name__}")
    return key


def algorithm(key: PrivateKey) -> str:
    """Return the provider's word for the kind of a key."""
    if isinstance(key, rsa.RSAPrivateKey):
        return "RSA"
    return "ECDSA" if isinstance(key, ec.EllipticCurvePrivateKey) else "ED25519"


def pem(made: x509.Certificate | x509.CertificateSigningRequest) -> str:
    """Return a certificate or request as text."""
    return made.public_bytes(Encoding.PEM).decode()


def public_pem(key: PublicKeyTypes) -> str:
    """Return a public key as text."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _generate(wanted: str, bits: int, curve: str) -> PrivateKey:
    match wanted:
        case "RSA":
            return rsa.generate_private_key(65537, bits)
        case "ECDSA" if curve in CURVES:
            return ec.generate_private_key(CURVES[curve])
        case "ED25519":
            return ed25519.Ed25519PrivateKey.generate()
    raise RefusedError(f"algorithm {wanted} with curve {curve} is none of RSA, ECDSA with {', '.join(CURVES)}, ED25519")


def _traditional(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()


def _openssh(key: PrivateKey) -> dict[str, str]:
    """Return the OpenSSH texts; the provider leaves them empty for P224, which OpenSSH does not know."""
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP224R1):
        return dict.fromkeys(
            ("privateKeyOpenssh", "publicKeyOpenssh", "publicKeyFingerprintMd5", "publicKeyFingerprintSha256"), ""
        )
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    blob = base64.b64decode(public.split()[1])
    return {
        "privateKeyOpenssh": key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode(),
        "publicKeyOpenssh": public.decode() + "\n",
        "publicKeyFingerprintMd5": hashlib.md5(blob, usedforsecurity=False).digest().hex(":"),
        "publicKeyFingerprintSha256": "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("="),
    }
