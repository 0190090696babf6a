"""Hosts that are in no cluster: servers in a network of their own, and how a workload asks them."""

import json
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from urllib.parse import urlsplit

from components.settings import clock
from local.nlb.visitor import Visitor
from local.providers.tls import certificates
from local.world.callers import Caller, Reply

# One with TLS, as everywhere.
SECURE = 443
# Asked by the workload itself: it looks the name up as it would in a cluster, where the sidecar answers for hosts that
# the mesh knows, and else takes what the file of names says; then one HTTP request, with the name as SNI.
_ASK = """
import http.client, json, random, socket, ssl, struct, sys
host, port, path, secure, timeout = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4] == "https", 5
def looked_up():
    asked = struct.pack(">6H", random.randrange(1 << 16), 0x100, 1, 0, 0, 0)
    asked += b"".join(bytes([len(part)]) + part.encode() for part in host.split(".")) + b"\\0\\0\\1\\0\\1"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.settimeout(2)
        # Whoever is asked: the sidecar takes all that goes to this port.
        opened.sendto(asked, ("192.0.2.53", 53))
        answer = opened.recv(512)
    found = struct.unpack(">H", answer[6:8])[0]
    return socket.inet_ntoa(answer[-4:]) if found else None
connection = http.client.HTTPConnection(host, port, timeout=timeout)
said = {}
try:
    address = looked_up() or socket.gethostbyname(host)
    said["address"] = address
    opened = socket.create_connection((address, port), timeout)
    if secure:
        context = ssl._create_unverified_context()
        opened = context.wrap_socket(opened, server_hostname=host)
    connection.sock = opened
    connection.request("GET", path)
    answer = connection.getresponse()
    said |= {"status": answer.status, "body": answer.read().decode()}
except (OSError, http.client.HTTPException) as error:
    said["error"] = type(error).__name__ + ": " + str(error)
print(json.dumps(said))
"""


@dataclass
class Outsider:
    """Who listens at ``address``. seen: host and port of each request that came."""

    address: str
    seen: list[str] = field(default_factory=list)

    def greeting(self) -> str:
        """What it answers."""
        return f"outside at {self.address}"


@dataclass(frozen=True, kw_only=True)
class Found:
    """What came of asking: the address that the name had, and the reply."""

    address: str
    reply: Reply


@contextmanager
def serving(address: str, ports: Sequence[int]) -> Iterator[Outsider]:
    """Somebody with a server on each port, while the block runs."""
    made = Outsider(address)
    with Visitor(address) as network:
        servers = [network.inside(partial(listening, made, port)) for port in ports]
        try:
            yield made
        finally:
            for each in servers:
                each.shutdown()
                each.server_close()


def listening(who: Outsider, port: int) -> ThreadingHTTPServer:
    """His server, at work, in the network of whoever calls this."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            who.seen.append(f"{self.headers['host'].partition(':')[0]}:{port}")
            body = who.greeting().encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    made = ThreadingHTTPServer((who.address, port), Handler)
    if port == SECURE:
        made.socket = _context().wrap_socket(made.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    return made


def ask(caller: Caller, url: str) -> Found:
    """One GET."""
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    argv = [sys.executable, "-c", _ASK, parts.hostname or "", str(port), parts.path or "/", parts.scheme]
    done = caller.kubelet.exec(caller.namespace, caller.name, caller.container, argv, timeout=30)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    return Found(address=said.pop("address", ""), reply=Reply(**said))


def _context() -> SSLContext:
    key, certificate = certificates.throw_away("outside.example", clock.now())
    made = SSLContext(PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "pair.pem")
        file.write_text(key + certificate)
        made.load_cert_chain(file)
    return made
