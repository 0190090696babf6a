"""A cluster for ``ops certificates --live``: what kubectl prints of it, and a real TLS server in istiod's place."""

import base64
import contextlib
import datetime
import json
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization

from components.settings import Certificates
from ops.certificates.cluster import Address
from ops.running import Result
from tests.support.unit.rotations import Bundle, issued, key_of, pems, up
from tests.support.unit.tls_provider import Cluster

# Of a certificate's start before now.
EARLIER = datetime.timedelta(minutes=5)


def bundles(rotation: Mapping[str, Certificates], now: datetime.datetime) -> dict[str, Bundle]:
    """The Secret after each step, made a little earlier than now."""
    cluster = Cluster(now=now - EARLIER)
    return {step: up(cluster, settings_) for step, settings_ in rotation.items()}


@contextlib.contextmanager
def istiod(bundle: Bundle, folder: Path, now: datetime.datetime) -> Iterator[Address]:
    """A server with the certificate that an istiod with this Secret made for itself just before now."""
    [authority] = pems(bundle["ca-cert.pem"])
    own, key = issued(authority, key_of(bundle), starts=now - EARLIER / 2)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "istiod.pem"
    chain = own.public_bytes(serialization.Encoding.PEM) + bundle["cert-chain.pem"].encode()
    file.write_bytes(private + chain)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_serve, args=(listening, context), daemon=True).start()
        yield listening.getsockname()


def _serve(listening: socket.socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        with contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as served:
            served.recv(1)


class Kubectl:
    """A cluster by what kubectl prints of it. left: namespaces without the discovery label."""

    def __init__(
        self,
        bundle: Bundle,
        namespaces: Mapping[str, str] | None = None,
        pods: Sequence[str] = ("a",),
        left: Sequence[str] = (),
    ):
        self.bundle, self.pods, self.left = bundle, pods, left
        self.namespaces = namespaces or {"bookinfo": bundle["root-cert.pem"], "shop": bundle["root-cert.pem"]}
        self.asked: list[list[str]] = []

    def __call__(self, arguments: Sequence[str]) -> Result:
        self.asked.append(list(arguments))
        return Result(code=0, out=self.answer(arguments))

    def answer(self, arguments: Sequence[str]) -> str:
        if arguments[1] == "secret":
            keys = ("ca-cert.pem", "cert-chain.pem", "root-cert.pem")
            return "\n".join(base64.b64encode(self.bundle[key].encode()).decode() for key in keys)
        if arguments[1] == "namespaces":
            assert arguments[2:4] == ["-l", "istio-discovery=enabled"]
            return _list({"metadata": {"name": name}} for name in self.namespaces if name not in self.left)
        if arguments[1] == "pods":
            return _list({"metadata": {"name": pod}, "status": {"phase": "Running"}} for pod in self.pods)
        return _list(
            {"metadata": {"namespace": name}, "data": {"root-cert.pem": text}} for name, text in self.namespaces.items()
        )


def _list(items: Iterator[dict[str, Any]]) -> str:
    return json.dumps({"items": list(items)})
