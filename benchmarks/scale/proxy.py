"""What one proxy knows and asks for next, without a connection: Envoy's order of subscriptions."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from benchmarks.scale import messages
from benchmarks.scale.messages import CLUSTERS, ENDPOINTS, LISTENERS, NAMES, ROUTES


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who it is. kind: sidecar or router, as in the node's id."""

    kind: str
    name: str
    namespace: str
    address: str
    labels: Mapping[str, str]
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def captures_dns(self) -> bool:
        """Return whether the agent requests the names of services too."""
        return self.metadata.get("DNS_CAPTURE") == "true"

    def node(self) -> Any:
        """Return the node as the agent would write it."""
        said = {
            "NAMESPACE": self.namespace,
            "LABELS": dict(self.labels),
            "CLUSTER_ID": "Kubernetes",
            "ISTIO_VERSION": "1.31.0",
            "SERVICE_ACCOUNT": "default",
            "INSTANCE_IPS": self.address,
        }
        identity = f"{self.kind}~{self.address}~{self.name}.{self.namespace}~{self.namespace}.svc.cluster.local"
        return messages.node(identity, said | dict(self.metadata))


class Proxy:
    """Takes responses and says what is written back: an acknowledgement, and what it now subscribes to."""

    def __init__(self, identity: Identity) -> None:
        self.identity = identity
        self._begin()

    def _begin(self) -> None:
        self._held: dict[str, dict[str, int]] = {each: {} for each in (CLUSTERS, ENDPOINTS, LISTENERS, ROUTES, NAMES)}
        self._wanted: dict[str, set[str]] = {ENDPOINTS: set(), ROUTES: set()}
        self._missing: dict[str, set[str]] = {ENDPOINTS: set(), ROUTES: set()}
        self._routes: dict[str, list[str]] = {}
        self._asked: set[str] = set()
        self._answered: set[str] = set()

    def first(self) -> list[bytes]:
        """Return the first requests of a stream, and forget an earlier stream."""
        self._begin()
        wanted = [NAMES, CLUSTERS] if self.identity.captures_dns else [CLUSTERS]
        self._asked.update(wanted)
        return [
            messages.request(each, node=self.identity.node()) if index == 0 else messages.request(each)
            for index, each in enumerate(wanted)
        ]

    def take(self, raw: bytes) -> list[bytes]:
        """Return the requests that answer a response."""
        answer = messages.response(raw)
        kind = answer.type_url
        self._keep(answer)
        return [messages.request(kind, response_nonce=answer.nonce), *self._next(kind)]

    @property
    def synced(self) -> bool:
        """Return whether the proxy has all that it requested, and nothing is left to request."""
        return LISTENERS in self._answered and self._asked <= self._answered and not any(self._missing.values())

    @property
    def clusters(self) -> int:
        """Return how many clusters the proxy knows."""
        return len(self._held[CLUSTERS])

    @property
    def size(self) -> int:
        """Return the bytes of the proxy's whole configuration."""
        return sum(size for held in self._held.values() for size in held.values())

    def knows(self, cluster: str) -> bool:
        """Return whether the proxy could send requests to a cluster."""
        return cluster in self._held[CLUSTERS]

    def _keep(self, answer: Any) -> None:
        kind, held = answer.type_url, self._held[answer.type_url]
        for each in answer.resources:
            held[each.name] = each.ByteSize()
            if kind == LISTENERS:
                self._routes[each.name] = list(messages.route_names(each.resource.value))
        for name in answer.removed_resources:
            held.pop(name, None)
            if kind == LISTENERS:
                self._routes.pop(name, None)
        if kind in self._missing:
            # What is not there is answered as removed.
            self._missing[kind].difference_update(held, answer.removed_resources)
        self._answered.add(kind)

    def _next(self, kind: str) -> Iterator[bytes]:
        if kind == CLUSTERS:
            # istiod names the endpoints of a cluster as the cluster; those that it sends itself begin so.
            yield from self._subscribe(ENDPOINTS, (name for name in self._held[kind] if name.startswith("outbound|")))
        if kind == LISTENERS:
            yield from self._subscribe(ROUTES, (name for names in self._routes.values() for name in names))
        if CLUSTERS in self._answered and LISTENERS not in self._asked and not self._missing[ENDPOINTS]:
            # Envoy opens its doors only when it knows where to send what comes in.
            self._asked.add(LISTENERS)
            yield messages.request(LISTENERS)

    def _subscribe(self, kind: str, names: Iterable[str]) -> Iterator[bytes]:
        now, before = set(names), self._wanted[kind]
        more, less = now - before, before - now
        if more or less:
            self._missing[kind] |= more
            self._missing[kind] -= less
            for name in less:
                self._held[kind].pop(name, None)
            yield messages.request(kind, resource_names_subscribe=sorted(more), resource_names_unsubscribe=sorted(less))
        self._wanted[kind] = now
