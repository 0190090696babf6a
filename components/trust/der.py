"""The part of X.509 that is needed to check whether certificate, key and root match (RFC 5280, section 4.1)."""

from collections.abc import Iterator
from dataclasses import dataclass

_SEQUENCE, _VERSION, _EXTENSIONS = 0x30, 0xA0, 0xA3
# 2.5.29.14 and 2.5.29.35, encoded.
_SUBJECT_KEY, _AUTHORITY_KEY = b"\x55\x1d\x0e", b"\x55\x1d\x23"
# Lengths below it take one byte; otherwise the byte minus this is the number of bytes that the length takes.
_LONG = 0x80


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """Encoded parts of a certificate."""

    issuer: bytes
    """Name of the issuer."""
    subject: bytes
    """Name of the subject."""
    public_key: bytes
    """EC point, or modulus and exponent of an RSA key; private keys of both kinds contain it unchanged."""
    subject_key: bytes
    """Extension with the subject key identifier; empty without it."""
    authority_key: bytes
    """Extension with the authority key identifier; empty without it."""

    def is_of(self, key: bytes) -> bool:
        """Check whether it is the certificate of this private key (PKCS 1, SEC 1 or PKCS 8)."""
        return self.public_key in key

    def is_below(self, root: "Certificate") -> bool:
        """Check whether it names ``root`` as its signer; the signature itself is not verified."""
        named = root.subject_key and next(_elements(root.subject_key))[1]
        return self.issuer == root.subject and bool(named) and named in self.authority_key


def certificate(der: bytes) -> Certificate:
    """Parse a certificate.

    Raises:
        ValueError: it is not a certificate, or not a complete one.
    """
    [(_, whole)] = _elements(der)
    (_, signed), _, _ = _elements(whole)
    fields = [(tag, content) for tag, content in _elements(signed) if tag != _VERSION]
    _, _, (_, issuer), _, (_, subject), (_, key_info), *rest = fields
    found = dict(_extensions(next((content for tag, content in rest if tag == _EXTENSIONS), b"")))
    return Certificate(
        issuer=issuer,
        subject=subject,
        public_key=_public_key(key_info),
        subject_key=found.get(_SUBJECT_KEY, b""),
        authority_key=found.get(_AUTHORITY_KEY, b""),
    )


def _public_key(key_info: bytes) -> bytes:
    _, (_, bits) = _elements(key_info)
    # The first byte is the number of unused bits in the last.
    key = bits[1:]
    return next(_elements(key))[1] if key[:1] == bytes([_SEQUENCE]) else key


def _extensions(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    for _, listed in _elements(content):
        for _, extension in _elements(listed):
            (_, name), *_, (_, value) = _elements(extension)
            yield name, value


def _elements(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tag and content of each element."""
    at = 0
    while at < len(content):
        tag, begins, length = content[at], at + 2, _byte(content, at + 1)
        if length >= _LONG:
            begins += length - _LONG
            length = int.from_bytes(content[at + 2 : begins], "big")
        at = begins + length
        if at > len(content):
            raise ValueError("an element ends too soon")
        yield tag, content[begins:at]


def _byte(content: bytes, at: int) -> int:
    if at >= len(content):
        raise ValueError("an element ends too soon")
    return content[at]
