"""Looks for private keys in files, in any form that one is written in."""

import base64
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

# Of a text in base64 that stands inside of another: enough to be found by chance never.
PIECE = 40
_BLOCK = re.compile(r"-----BEGIN (EC PRIVATE KEY|PRIVATE KEY)-----.+?-----END \1-----", re.DOTALL)


def within(document: Any) -> set[str]:
    """Every key in a document, as PEM; also in texts that are documents themselves."""
    text = re.sub(r"\\+n", "\n", json.dumps(document))
    keys = {load_pem_private_key(each[0].encode(), None) for each in _BLOCK.finditer(text)}
    return {
        _written(key, PrivateFormat.TraditionalOpenSSL) for key in keys if isinstance(key, ec.EllipticCurvePrivateKey)
    }


def found(pem: str, files: Iterable[Path]) -> list[str]:
    """Files that hold the key, and in what form."""
    searched = forms(pem)
    return [
        f"{path.name}: {form}"
        for path, content in ((path, path.read_bytes()) for path in files)
        for form, pieces in searched.items()
        if any(piece in content for piece in pieces)
    ]


def forms(pem: str) -> dict[str, list[bytes]]:
    """What to look for, by form; each is enough."""
    key = load_pem_private_key(pem.encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    number = key.private_numbers().private_value.to_bytes(32, "big")
    texts = [pem, *(_written(key, kind) for kind in _KINDS)]
    bodies = ["".join(text.strip().splitlines()[1:-1]).encode() for text in texts]
    return {
        "the number": [number],
        "the number in hexadecimal": [number.hex().encode(), number.hex().upper().encode()],
        # Without its first and last bytes, which depend on what stands before and after.
        "the number in base64": _anywhere(number),
        "PEM": [body[:PIECE] for body in bodies] + [body[PIECE : 2 * PIECE] for body in bodies],
        "PEM in base64": [piece for text in texts for piece in _anywhere(text.splitlines()[1].encode())],
    }


_KINDS = (PrivateFormat.TraditionalOpenSSL, PrivateFormat.PKCS8)


def _written(key: ec.EllipticCurvePrivateKey, kind: PrivateFormat) -> str:
    return key.private_bytes(Encoding.PEM, kind, NoEncryption()).decode()


def _anywhere(content: bytes) -> list[bytes]:
    """The content in base64, wherever in the encoded text it begins."""
    return [base64.b64encode(b"\0" * shift + content)[4:-4] for shift in range(3)]
