"""Pods that say who they are and whom they see, without Kubernetes: each a network with a server in it."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable

from components.settings import names
from local.nlb.visitor import Visitor

Serve = Callable[[socket.socket, str], None]
PROXY_SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"
OK = b"HTTP/1.1 %d x\r\ncontent-type: text/plain\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%s"


class Pod:
    """A pod's network with a server that answers with its name, the address it sees and what announced it.

    status: of its health. tls: ends TLS with it. names: server names that TLS clients sent. seen: peers that came.
    """

    def __init__(self, address: str, port: int, *, tls: ssl.SSLContext | None = None) -> None:
        self.address, self.port, self.status = address, port, 200
        self.names: list[str | None] = []
        self.seen: list[str] = []
        self._tls = tls
        if tls:
            tls.sni_callback = lambda _, name, __: self.names.append(name)
        self._network = Visitor(address)
        self._sockets = [self._listen(port, self._greet), self._listen(names.STATUS_PORT, self._tell_health)]

    def close(self) -> None:
        """Leave."""
        for each in self._sockets:
            each.close()
        self._network.close()

    def refuse(self) -> None:
        """Close the listener, as a proxy does when it drains."""
        # Shut down first: a thread waits in accept.
        self._sockets[0].shutdown(socket.SHUT_RDWR)
        self._sockets[0].close()

    def _listen(self, port: int, serve: Serve) -> socket.socket:
        def opened() -> socket.socket:
            made = socket.socket()
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind((self.address, port))
            made.listen(128)
            return made

        made = self._network.inside(opened)
        threading.Thread(target=_accept, args=(made, serve), daemon=True).start()
        return made

    def _greet(self, opened: socket.socket, peer: str) -> None:
        announced = _announced(opened)
        with self._tls.wrap_socket(opened, server_side=True) if self._tls else opened as talking:
            self.seen.append(peer)
            while request := talking.recv(65536):
                body = f"{self.address} {peer} {announced}".encode()
                talking.sendall(OK % (200, len(body), body))
                if b"keep-alive" not in request.lower():
                    return

    def _tell_health(self, opened: socket.socket, peer: str) -> None:
        with opened:
            opened.recv(65536)
            opened.sendall(OK % (self.status, 0, b""))


def _accept(made: socket.socket, serve: Serve) -> None:
    with contextlib.suppress(OSError):
        while True:
            opened, peer = made.accept()
            threading.Thread(target=_serve, args=(serve, opened, peer[0]), daemon=True).start()


def _serve(serve: Serve, opened: socket.socket, peer: str) -> None:
    with opened, contextlib.suppress(OSError):
        serve(opened, peer)


def _announced(opened: socket.socket) -> str:
    """The visitor's address in a PROXY header, which is taken off the connection; "-" without one."""
    if opened.recv(len(PROXY_SIGNATURE), socket.MSG_PEEK) != PROXY_SIGNATURE:
        return "-"
    header = opened.recv(28)
    return socket.inet_ntoa(header[16:20])
