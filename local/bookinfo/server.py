"""HTTP for the sample services: routes by pattern, JSON, and calls that carry the caller's trace on."""

import http.client
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import cast
from urllib.parse import urlsplit

JSON = "application/json"
# What a service hands on, so that proxies can tie the requests of one visit together; b3 headers by their prefix.
TRACE = (
    "x-request-id",
    "x-ot-span-context",
    "x-datadog-trace-id",
    "x-datadog-parent-id",
    "x-datadog-sampling-priority",
    "traceparent",
    "tracestate",
    "x-cloud-trace-context",
    "grpc-trace-bin",
    "sw8",
    "user-agent",
    "cookie",
    "authorization",
    "jwt",
)


@dataclass(frozen=True, kw_only=True)
class Request:
    """What came in. ``matched``: the groups of the route's pattern."""

    path: str
    headers: Message
    body: bytes
    matched: tuple[str, ...]

    def trace(self) -> dict[str, str]:
        """Return the tracing headers for the calls that this request leads to."""
        return {
            name: value
            for name, value in ((name.lower(), value) for name, value in self.headers.items())
            if name in TRACE or name.startswith("x-b3-")
        }


@dataclass(frozen=True, kw_only=True)
class Response:
    """What goes out."""

    status: int = 200
    body: str = ""
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


Answer = Callable[[Request], Response]
# Method, pattern of the whole path, answer.
Route = tuple[str, str, Answer]


def as_json(value: object, status: int = 200) -> Response:
    """Return a JSON document."""
    return Response(status=status, body=json.dumps(value))


def call(host: str, port: int, path: str, headers: Mapping[str, str], timeout: float) -> tuple[int, object]:
    """Return status and JSON of a GET; one connection each.

    Raises OSError, HTTPException or ValueError without an answer.
    """
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    try:
        connection.request("GET", path, headers=dict(headers))
        answer = connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if answer.status == 200 else None
    finally:
        connection.close()


class Server(ThreadingHTTPServer):
    """Serves routes on every address."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, routes: Sequence[Route], port: int) -> None:
        self.routes = [(method, re.compile(pattern), answer) for method, pattern, answer in routes]
        super().__init__(("", port), _Handler)

    def server_bind(self) -> None:
        """Bind as a plain TCP server does: an HTTP server looks up the machine's name first, which may take long."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "", self.server_address[1]

    def answer(self, method: str, path: str, headers: Message, body: bytes) -> Response:
        """Answer by the first route that matches."""
        allowed = False
        for wanted, pattern, answer in self.routes:
            if found := pattern.fullmatch(path):
                if wanted == method:
                    return answer(Request(path=path, headers=headers, body=body, matched=found.groups()))
                allowed = True
        return as_json({"error": "method not allowed" if allowed else "not found"}, 405 if allowed else 404)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body in one write; small answers must not wait for an acknowledgement.
    wbufsize = 64 * 1024
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer by the routes."""
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length) if length else b""
        response = cast(Server, self.server).answer(self.command, urlsplit(self.path).path, self.headers, body)
        content = response.body.encode()
        self.send_response(response.status)
        self.send_header("content-type", response.content_type)
        self.send_header("content-length", str(len(content)))
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET

    def handle(self) -> None:
        """Serve until the caller leaves, in whichever way it does."""
        try:
            super().handle()
        except (ConnectionError, TimeoutError):
            self.close_connection = True
