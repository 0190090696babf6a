"""The four keys of istiod's ``cacerts`` Secret, and what identifies a root."""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence

from . import der

# Names that istiod looks for; with one missing it refuses to start (istio pilot/pkg/bootstrap/istio_ca.go).
CA_CERT = "ca-cert.pem"
CA_KEY = "ca-key.pem"
CERT_CHAIN = "cert-chain.pem"
ROOT_CERT = "root-cert.pem"
# Annotation of the Secret: which generations it holds (``trust.held``).
HELD = "istio-eks/holds"

_CERTIFICATE = frozenset({"CERTIFICATE"})
# The forms of a key that istiod parses (istio security/pkg/pki/util/crypto.go).
_PRIVATE_KEY = frozenset({"EC PRIVATE KEY", "RSA PRIVATE KEY", "PRIVATE KEY"})
_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----\s+([A-Za-z0-9+/=\s]+?)\s*-----END \1-----")


def cacerts(*, certificate: str, key: str, signing_root: str, roots: Sequence[str]) -> dict[str, str]:
    """Data of the Secret from PEM texts, one block each.

    certificate, key: of the signing intermediate.
    signing_root: the root that gave it its certificate; one of ``roots``.
    roots: every trusted root by ascending generation, whichever of them signs: while two are trusted, istiod sees
    the same bytes before and after the new one begins to sign.

    Raises ValueError for a text that is truncated, not one block of its kind, a signing root that is not trusted, and
    texts that do not belong together: istiod would go on with its old keys in silence, and fail at its next start. The
    message quotes no text.
    """
    certificate, signing_root = _one("certificate", certificate), _one("signing root", signing_root)
    trusted = [_one(f"root {place}", root) for place, root in enumerate(roots, start=1)]
    if signing_root not in trusted:
        raise ValueError("the signing root is not among the trusted roots: no workload would accept another")
    key = _one("key", key, _PRIVATE_KEY)
    _belong_together(certificate, key, signing_root)
    for place, root in enumerate(trusted, start=1):
        _parsed(f"root {place}", root)
    return {
        CA_CERT: certificate,
        CA_KEY: key,
        # Leaf first: workloads send it as their chain, and istiod reads its own expiry from the first block.
        CERT_CHAIN: certificate + signing_root,
        ROOT_CERT: "".join(trusted),
    }


def fingerprint(certificate: str) -> str:
    """SHA-256 of a PEM certificate's DER bytes, as ``openssl x509 -noout -fingerprint -sha256`` prints it.

    Raises ValueError when the text is not one whole certificate.
    """
    return hashlib.sha256(_der("certificate", certificate, _CERTIFICATE)).digest().hex(":").upper()


def _belong_together(certificate: str, key: str, signing_root: str) -> None:
    signing, root = _parsed("certificate", certificate), _parsed("signing root", signing_root)
    if not signing.is_of(_der("key", key, _PRIVATE_KEY)):
        raise ValueError("the certificate is of another key: istiod would refuse both")
    if not signing.is_below(root):
        raise ValueError("the certificate is below another root: no workload would accept what it signs")


def _parsed(what: str, text: str) -> der.Certificate:
    try:
        return der.certificate(_der(what, text, _CERTIFICATE))
    except (ValueError, StopIteration):
        raise ValueError(f"{what} is a whole PEM block, and no whole certificate in it") from None


def _one(what: str, text: str, kinds: frozenset[str] = _CERTIFICATE) -> str:
    """The text, ending in one newline, so that texts can be joined."""
    _der(what, text, kinds)
    return text.strip() + "\n"


def _der(what: str, text: str, kinds: frozenset[str]) -> bytes:
    block = _BLOCK.fullmatch(text.strip())
    if block is None or block[1] not in kinds:
        raise ValueError(f"{what} is not one whole PEM block of {' or '.join(sorted(kinds))}")
    try:
        return base64.b64decode("".join(block[2].split()), validate=True)
    except binascii.Error:
        raise ValueError(f"{what} is a PEM block with broken base64") from None
