"""A certificate and its key for OpenSSL."""

import ssl
import tempfile
from pathlib import Path


def load(made: ssl.SSLContext, chain: bytes, key: bytes) -> None:
    """Load certificate and key through a private file that is removed at once, because OpenSSL reads only files."""
    with tempfile.TemporaryDirectory(prefix="entrance-") as folder:
        path = Path(folder) / "pair.pem"
        path.touch(mode=0o600)
        path.write_bytes(chain + b"\n" + key)
        made.load_cert_chain(path)
