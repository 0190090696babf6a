"""Mutual TLS between workloads, each with a certificate and the roots it trusts."""

import itertools
import ssl
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from local.authority.credentials import Credential

Refusals = list[str]


@dataclass(frozen=True, kw_only=True)
class Party:
    """A workload: what it shows, and the ``roots`` it trusts, as PEM. heard: when it had them, for a person."""

    credential: Credential
    roots: str = field(repr=False)
    heard: str

    def __str__(self) -> str:
        return f"{self.credential.told} ({self.credential.signer}) trusting as of {self.heard}"

    @cached_property
    def client(self) -> ssl.SSLContext:
        """Asks the other side for a certificate that it trusts, and shows its own."""
        return self._context(ssl.PROTOCOL_TLS_CLIENT)

    @cached_property
    def server(self) -> ssl.SSLContext:
        """The same, from the other side."""
        return self._context(ssl.PROTOCOL_TLS_SERVER)

    def _context(self, side: int) -> ssl.SSLContext:
        context = ssl.SSLContext(side)
        # Workloads know each other by the name in the certificate, not by the host's: ``shake`` looks at it.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=self.roots)
        with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
            file.write(self.credential.key + self.credential.chain)
            file.flush()
            context.load_cert_chain(file.name)
        return context


def shake(client: Party, server: Party) -> str:
    """What is said against a handshake in which both verify the other; empty when it succeeds."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    asking = client.client.wrap_bio(to_client, to_server)
    asked = server.server.wrap_bio(to_server, to_client, server_side=True)
    try:
        # Twice in turn is enough for TLS 1.3, and the last word is the server's on the client's certificate.
        done = [False, False]
        for _ in range(4):
            done = [_goes_on(asking), _goes_on(asked)]
    except ssl.SSLError as error:
        return f"{client} and {server}: {error.reason}: {getattr(error, 'verify_message', '')}"
    if not all(done):
        return f"{client} and {server}: not finished"
    shown = [(asking, server), (asked, client)]
    wrong = [party for side, party in shown if _shown(side) != party.credential.identity]
    return f"{wrong[0]} shows another name" if wrong else ""


@dataclass
class Count:
    """tried: handshakes. refused: those that failed, one line each."""

    tried: int = 0
    refused: Refusals = field(default_factory=list)

    def everybody(self, parties: Iterable[Party]) -> Refusals:
        """Each with each as client and as server; what failed of it."""
        said = [shake(*pair) for pair in itertools.product(list(parties), repeat=2)]
        failed = [each for each in said if each]
        self.tried += len(said)
        self.refused += failed
        return failed


def _goes_on(side: ssl.SSLObject) -> bool:
    try:
        side.do_handshake()
    except ssl.SSLWantReadError:
        return False
    return True


def _shown(side: ssl.SSLObject) -> str:
    """The one URI in the other's certificate."""
    found: Any = side.getpeercert() or {}
    [name] = [value for kind, value in found.get("subjectAltName", ()) if kind == "URI"]
    return str(name)
