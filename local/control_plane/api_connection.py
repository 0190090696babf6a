"""Requests to an API server: over urllib3, since nothing more is needed than JSON."""

import json
import ssl
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import urllib3
import yaml

from local.control_plane.api_errors import BROKEN, ApiUnreachableError, refused

Manifest = dict[str, Any]
Query = Mapping[str, str | bool | int | None]

JSON = "application/json"
# Seconds: admission webhooks may take 30 by themselves.
CONNECT, READ = 5.0, 60.0
# Threads that may ask at the same time without opening connections anew each time.
CONNECTIONS = 64
OK = range(200, 300)


class Connection:
    """To the API server of a kubeconfig that names files of certificates, as one user."""

    def __init__(self, url: str, pool: urllib3.PoolManager, user: Sequence[tuple[str, str]] = ()) -> None:
        self.url = url
        self._pool = pool
        self._user = user

    @classmethod
    def of(cls, kubeconfig: Path) -> "Connection":
        """Connect as the kubeconfig's user."""
        config = yaml.safe_load(kubeconfig.read_text())
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        context = ssl.create_default_context(cafile=cluster["certificate-authority"])
        context.load_cert_chain(user["client-certificate"], user["client-key"])
        return cls(cluster["server"], urllib3.PoolManager(ssl_context=context, maxsize=CONNECTIONS, retries=False))

    def as_user(self, name: str, groups: Sequence[str]) -> "Connection":
        """Return the same connection on behalf of another user."""
        user = [("Impersonate-User", name), *(("Impersonate-Group", group) for group in groups)]
        return Connection(self.url, self._pool, user)

    def request(
        self, method: str, path: str, query: Query | None = None, body: Manifest | None = None, content: str = JSON
    ) -> Manifest:
        """Return the JSON of the answer; a text as {"text": …}. Raises ApiRefusedError and ApiUnreachableError."""
        response = self.send(method, path, query, body, content)
        try:
            data = response.read()
        except BROKEN as error:
            raise ApiUnreachableError(f"{method} {path}: {error}") from None
        finally:
            response.release_conn()
        answer = _decoded(data)
        if response.status not in OK:
            raise refused(response.status, answer)
        return answer if isinstance(answer, dict) else {"text": answer}

    def stream(self, path: str, query: Query, read: float) -> urllib3.BaseHTTPResponse:
        """Stream an answer; ``read`` seconds of silence end it. Raises ApiRefusedError and ApiUnreachableError."""
        response = self.send("GET", path, query, read=read)
        if response.status not in OK:
            raise refused(response.status, _decoded(response.read()))
        return response

    def send(
        self,
        method: str,
        path: str,
        query: Query | None = None,
        body: Manifest | None = None,
        content: str = JSON,
        read: float = READ,
    ) -> urllib3.BaseHTTPResponse:
        """Send a request; the caller reads and closes the answer."""
        headers = urllib3.HTTPHeaderDict({"Accept": JSON, "Content-Type": content})
        for key, value in self._user:
            headers.add(key, value)
        given = {key: _text(value) for key, value in (query or {}).items() if value is not None}
        try:
            return self._pool.request(
                method,
                f"{self.url}{path}?{urlencode(given)}",
                body=None if body is None else json.dumps(body),
                headers=headers,
                preload_content=False,
                timeout=urllib3.Timeout(connect=CONNECT, read=read),
            )
        except BROKEN as error:
            raise ApiUnreachableError(f"{method} {path}: {error}") from None


def _decoded(data: bytes) -> Manifest | str:
    try:
        answer = json.loads(data)
    except ValueError:
        return data.decode(errors="replace")
    return answer if isinstance(answer, dict) else str(answer)


def _text(value: str | bool | int | None) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
