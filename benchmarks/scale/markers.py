"""Texts that never repeat, by which a change is known again in what a proxy is sent. Each has a fixed length."""

import secrets
from collections.abc import Iterator

_WORD, _ADDRESS = b"mark-", b"100.1"
_LENGTHS = {_WORD: len("mark-00000000-000000"), _ADDRESS: len("100.100.100.100")}


class Markers:
    """New ones of a run."""

    def __init__(self) -> None:
        self._run = secrets.token_hex(4)
        self._count = 0

    def word(self) -> str:
        """Return a new marker for a name or for the value of a header."""
        self._count += 1
        return f"mark-{self._run}-{self._count:06d}"

    def address(self) -> str:
        """Return a new address in 100.64.0.0/10, which is used for nothing else here; every part has three digits."""
        self._count += 1
        high, low = divmod(self._count, 100)
        return f"100.{100 + high // 100}.{100 + high % 100}.{100 + low}"


def found(raw: bytes) -> Iterator[bytes]:
    """Yield all markers in the bytes, and anything that begins like one."""
    for prefix, length in _LENGTHS.items():
        at = raw.find(prefix)
        while at >= 0:
            yield raw[at : at + length]
            at = raw.find(prefix, at + length)
