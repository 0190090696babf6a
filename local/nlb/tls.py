"""A certificate and its key for OpenSSL."""

import ssl
import tempfile
from pathlib import Path


def load(made: ssl.SSLContext, chain: bytes, key: bytes) -> None:
    """OpenSSL takes files only: one that is nobody else's and is gone at once."""
    with tempfile.TemporaryDirectory(prefix="entrance-") as folder:
        path = Path(folder) / "pair.pem"
        path.touch(mode=0o600)
        path.write_bytes(chain + b"\n" + key)
        made.load_cert_chain(path)
