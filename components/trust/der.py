"""As much of X.509 as tells whether a certificate, a key and a root belong together (RFC 5280, section 4.1)."""

from collections.abc import Iterator
from dataclasses import dataclass

_SEQUENCE, _VERSION, _EXTENSIONS = 0x30, 0xA0, 0xA3
# 2.5.29.14 and 2.5.29.35, encoded.
_SUBJECT_KEY, _AUTHORITY_KEY = b"\x55\x1d\x0e", b"\x55\x1d\x23"
# A length of one byte is below it; above, it says how many bytes the length has.
_LONG = 0x80


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """Parts of one, still encoded.

    public_key: an EC point, or modulus and exponent of an RSA key: private keys of both kinds contain it as it is.
    subject_key, authority_key: values of the extensions with the key identifiers; empty without them.
    """

    issuer: bytes
    subject: bytes
    public_key: bytes
    subject_key: bytes
    authority_key: bytes

    def is_of(self, key: bytes) -> bool:
        """Whether it is the certificate of this private key, PKCS 1, SEC 1 or PKCS 8."""
        return self.public_key in key

    def is_below(self, root: "Certificate") -> bool:
        """Whether it says that the key of ``root`` signed it; the signature itself is not verified."""
        named = root.subject_key and next(_elements(root.subject_key))[1]
        return self.issuer == root.subject and bool(named) and named in self.authority_key


def certificate(der: bytes) -> Certificate:
    """Raises ValueError when it is none, or not all of one."""
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
    # Its first byte counts the bits left over in the last.
    key = bits[1:]
    return next(_elements(key))[1] if key[:1] == bytes([_SEQUENCE]) else key


def _extensions(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    for _, listed in _elements(content):
        for _, extension in _elements(listed):
            (_, name), *_, (_, value) = _elements(extension)
            yield name, value


def _elements(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of each, one after the other."""
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
