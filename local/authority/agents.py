"""The part of a proxy's agent that keeps its certificate, many times over.

A stream reports changed roots, and the agent sends a signing request whenever it does (Istio's
security/pkg/nodeagent/cache, UpdateConfigTrustBundle).
"""

import queue
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc  # type: ignore[import-untyped]
from cryptography.hazmat.primitives.asymmetric import ec

from local import protobuf
from local.authority import signing
from local.authority.credentials import certificates
from local.authority.rotating import Rotating

METHOD = "/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources"
PROXY_CONFIG = "type.googleapis.com/istio.mesh.v1alpha1.ProxyConfig"
SERVICE = "details"
# Seconds before what failed is tried again.
AGAIN = 0.5


@dataclass(kw_only=True)
class Agent:
    """One. signed: when, and the roots that came with the certificate."""

    number: int
    csr: str = field(repr=False)
    token: str = field(repr=False)
    channel: Any
    signed: list[tuple[float, frozenset[str]]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    _said: "queue.Queue[Any]" = field(default_factory=queue.Queue)
    _over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Run until ``end``; istiod limits how many streams begin per second, and an agent then tries again."""
        known: list[str] | None = None
        while not self._over.wait(AGAIN if self.failed else 0):
            try:
                for roots in self._told():
                    if roots != known:
                        known = roots
                        self.sign()
            except (grpc.RpcError, ValueError) as error:
                self.failed.append(str(error))

    def end(self) -> None:
        """Close the agent's connection."""
        self._over.set()
        self._said.put(None)
        self.channel.close()

    def _told(self) -> Iterator[list[str]]:
        """Yield the roots whenever istiod sends them."""
        self._said = queue.Queue()
        self._say(node=_node(self.number))
        call = self.channel.stream_stream(
            METHOD,
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=_MESSAGES["DiscoveryResponse"].FromString,
        )
        metadata = (("authorization", f"Bearer {self.token}"), ("clusterid", "Kubernetes"))
        for answer in call(iter(self._said.get, None), metadata=metadata):
            self._say(version_info=answer.version_info, response_nonce=answer.nonce)
            [config] = answer.resources
            yield list(_MESSAGES["ProxyConfig"].FromString(config.value).ca_certificates_pem)

    def sign(self) -> None:
        """Request a certificate until there is an answer, as an agent does."""
        while not self._over.is_set():
            try:
                chain = signing.signed(self.channel, self.token, self.csr)
            except grpc.RpcError as error:
                self.failed.append(str(error))
                self._over.wait(AGAIN)
                continue
            self.signed.append((time.monotonic(), frozenset(certificates(chain[-1]))))
            return

    def _say(self, **given: Any) -> None:
        self._said.put(_MESSAGES["DiscoveryRequest"](type_url=PROXY_CONFIG, **given))


@contextmanager
def agents(rotating: Rotating, count: int) -> Iterator[list[Agent]]:
    """Run this number of agents while the block runs, each with its own connection and a first certificate."""
    options = [("grpc.ssl_target_name_override", rotating.istiod_host), ("grpc.enable_http_proxy", 0)]
    options.append(("grpc.use_local_subchannel_pool", 1))
    credentials = grpc.ssl_channel_credentials(root_certificates=rotating.handed_out().encode())
    token = rotating.mesh.control_plane.token("bookinfo", f"bookinfo-{SERVICE}", signing.AUDIENCE)
    made = [
        Agent(
            number=number,
            csr=signing.request(ec.generate_private_key(ec.SECP256R1())),
            token=token,
            channel=grpc.secure_channel(rotating.istiod_address, credentials, options=options),
        )
        for number in range(count)
    ]
    threads = [threading.Thread(target=each.run, daemon=True) for each in made]
    for thread in threads:
        thread.start()
    try:
        yield made
    finally:
        for each in made:
            each.end()
        for thread in threads:
            thread.join(10)


def with_roots(made: Sequence[Agent], pem: str) -> bool:
    """Return whether every agent has a certificate that came with these roots."""
    wanted = frozenset(certificates(pem))
    return all(each.signed and each.signed[-1][1] == wanted for each in made)


def _node(number: int) -> Any:
    metadata = {"NAMESPACE": "bookinfo", "CLUSTER_ID": "Kubernetes", "SERVICE_ACCOUNT": f"bookinfo-{SERVICE}"}
    identifier = f"sidecar~10.244.200.{number % 254 + 1}~agent-{number}.bookinfo~bookinfo.svc.cluster.local"
    return _MESSAGES["Node"](id=identifier, metadata=protobuf.struct(metadata))


# As Envoy and istio.io/api have them.
_SHAPES: dict[str, protobuf.Shape] = {
    "Node": [("id", 1, "string"), ("metadata", 3, ".google.protobuf.Struct")],
    "DiscoveryRequest": [
        ("version_info", 1, "string"),
        ("node", 2, ".agents.Node"),
        ("type_url", 4, "string"),
        ("response_nonce", 5, "string"),
    ],
    "DiscoveryResponse": [
        ("version_info", 1, "string"),
        ("resources", 2, "*.google.protobuf.Any"),
        ("type_url", 4, "string"),
        ("nonce", 5, "string"),
    ],
    "ProxyConfig": [("ca_certificates_pem", 34, "*string")],
}
_MESSAGES = protobuf.messages("agents", _SHAPES)
