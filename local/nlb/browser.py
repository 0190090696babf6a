"""HTTP requests to an address of one's choice, as `curl --connect-to` makes them."""

import http.client
import json
import ssl
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from socket import create_connection, socket
from typing import Any
from urllib.parse import SplitResult, urlsplit

PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """headers: names in lower case; of repeated ones the last. certificate: DER of who answered, with TLS."""

    status: int
    headers: Mapping[str, str]
    body: str
    certificate: bytes | None = field(default=None, repr=False)

    def json(self) -> Any:
        """Return the body parsed as JSON."""
        return json.loads(self.body)


class Browser(ABC):
    """Asks one request a connection; no redirect is followed, no cookie kept, no certificate verified."""

    @abstractmethod
    def connect(self, address: str, port: int, timeout: float) -> socket:
        """Open a TCP connection. Raises OSError."""

    def ask(
        self,
        url: str,
        *,
        at: str | None = None,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: str | None = None,
        server_name: str | None = None,
        timeout: float = 15,
    ) -> Answer:
        """Send one request. Raises OSError or http.client.HTTPException when no answer comes.

        at: address to connect to, in the place of the URL's host. server_name: SNI; "" sends none; else the URL's host.
        """
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        opened = self.connect(at or host, port, timeout)
        try:
            if parts.scheme == "https":
                opened = secure(opened, host if server_name is None else server_name)
            return _converse(opened, parts, method, headers or {}, body)
        finally:
            opened.close()

    def get(self, url: str, *, at: str | None = None, headers: Mapping[str, str] | None = None) -> Answer:
        """Send a GET request."""
        return self.ask(url, at=at, headers=headers)


class AtHome(Browser):
    """From this process's own network."""

    def connect(self, address: str, port: int, timeout: float) -> socket:
        """Open a TCP connection from this machine's own address."""
        return create_connection((address, port), timeout)


def secure(opened: socket, server_name: str, alpn: tuple[str, ...] = ("http/1.1",)) -> ssl.SSLSocket:
    """Wrap a connection in TLS without verifying the server's certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(list(alpn))
    return context.wrap_socket(opened, server_hostname=server_name or None)


def _converse(opened: socket, parts: SplitResult, method: str, headers: Mapping[str, str], body: str | None) -> Answer:
    # Now: with the answer the connection may be closed.
    certificate = opened.getpeercert(binary_form=True) if isinstance(opened, ssl.SSLSocket) else None
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    connection.sock = opened
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    sent = {"Host": parts.netloc, "Connection": "close", **headers}
    connection.request(method, path, body=body, headers=sent)
    answer = connection.getresponse()
    return Answer(
        status=answer.status,
        headers={name.lower(): value for name, value in answer.getheaders()},
        body=answer.read().decode(errors="replace"),
        certificate=certificate,
    )
