"""The four keys of istiod's ``cacerts`` Secret, and the fingerprint of a root."""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence

from . import der

# Names that istiod looks for; it does not start if one is missing (istio pilot/pkg/bootstrap/istio_ca.go).
CA_CERT = "ca-cert.pem"
CA_KEY = "ca-key.pem"
CERT_CHAIN = "cert-chain.pem"
ROOT_CERT = "root-cert.pem"
# Annotation of the Secret with the generations in it (``trust.held``).
HELD = "istio-eks/holds"

_CERTIFICATE = frozenset({"CERTIFICATE"})
# PEM types of a private key that istiod parses (istio security/pkg/pki/util/crypto.go).
_PRIVATE_KEY = frozenset({"EC PRIVATE KEY", "RSA PRIVATE KEY", "PRIVATE KEY"})
_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----\s+([A-Za-z0-9+/=\s]+?)\s*-----END \1-----")


def cacerts(*, certificate: str, key: str, signing_root: str, roots: Sequence[str]) -> dict[str, str]:
    """Return the data of the Secret from PEM texts, one block each.

    Args:
        certificate: certificate of the signing intermediate.
        key: private key of the signing intermediate.
        signing_root: root that signed its certificate; one of ``roots``.
        roots: every trusted root by ascending generation, regardless of which one signs. While two are trusted, istiod
            sees the same bytes before and after the new one begins to sign.

    Raises:
        ValueError: a text is truncated or not one block of its kind, the signing root is not trusted, or the texts do
            not match. istiod would silently keep its old keys, and fail at its next start. The message quotes no text.
    """
    certificate, signing_root = _one("certificate", certificate), _one("signing root", signing_root)
    trusted = [_one(f"root {place}", root) for place, root in enumerate(roots, start=1)]
    if signing_root not in trusted:
        raise ValueError("the signing root is not one of the trusted roots: no workload would accept its certificates")
    key = _one("key", key, _PRIVATE_KEY)
    _belong_together(certificate, key, signing_root)
    for place, root in enumerate(trusted, start=1):
        _parsed(f"root {place}", root)
    return {
        CA_CERT: certificate,
        CA_KEY: key,
        # Leaf first: workloads send it as their chain, and istiod exports the expiry of the first block.
        CERT_CHAIN: certificate + signing_root,
        ROOT_CERT: "".join(trusted),
    }


def fingerprint(certificate: str) -> str:
    """Return the SHA-256 of a PEM certificate's DER bytes, as ``openssl x509 -noout -fingerprint -sha256`` prints it.

    Raises:
        ValueError: the text is not one complete certificate.
    """
    return hashlib.sha256(_der("certificate", certificate, _CERTIFICATE)).digest().hex(":").upper()


def _belong_together(certificate: str, key: str, signing_root: str) -> None:
    signing, root = _parsed("certificate", certificate), _parsed("signing root", signing_root)
    if not signing.is_of(_der("key", key, _PRIVATE_KEY)):
        raise ValueError("the certificate belongs to another key: istiod would reject both")
    if not signing.is_below(root):
        raise ValueError("the certificate was signed by another root: no workload would accept what it signs")


def _parsed(what: str, text: str) -> der.Certificate:
    try:
        return der.certificate(_der(what, text, _CERTIFICATE))
    except (ValueError, StopIteration):
        raise ValueError(f"{what} is a complete PEM block, but does not contain a complete certificate") from None


def _one(what: str, text: str, kinds: frozenset[str] = _CERTIFICATE) -> str:
    """Return the text with one newline at its end, so that texts can be joined."""
    _der(what, text, kinds)
    return text.strip() + "\n"


def _der(what: str, text: str, kinds: frozenset[str]) -> bytes:
    block = _BLOCK.fullmatch(text.strip())
    if block is None or block[1] not in kinds:
        raise ValueError(f"{what} is not one complete PEM block of type {' or '.join(sorted(kinds))}")
    try:
        return base64.b64decode("".join(block[2].split()), validate=True)
    except binascii.Error:
        raise ValueError(f"{what} is a PEM block with invalid base64") from None
