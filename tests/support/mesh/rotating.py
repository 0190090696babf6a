"""A mesh whose certificate authority changes while it is used, and everybody in it."""

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import grpc  # type: ignore[import-untyped]

from components import trust
from components.settings import names
from local.control_plane.api_connection import Manifest
from local.world.mesh import Mesh
from tests.support.mesh import handshakes, injected, meshes, signing, traffic

ISTIOD = "discovery"
# Seconds that a sidecar's certificate is good for. In the place of a day: what has to run out before a root is dropped
# runs out while a test looks on.
LIFETIME = 40
# Every hop of a request is a connection of its own, so that certificates are looked at all the time.
ONE_REQUEST = {"http": {"maxRequestsPerConnection": 1}}
# Nobody here is routed to them, and every sidecar takes of what a user may have of inotify.
UNUSED = ("reviews-v1", "reviews-v3")
PROXIES = {"proxyMetadata": {"SECRET_TTL": f"{LIFETIME}s"}, "proxyStatsMatcher": {"inclusionRegexps": [".*ssl.*"]}}
SETTINGS = {"mesh": {"values": {"istiod": {"meshConfig": {"defaultConfig": PROXIES}}}}}
_SECRETS = "config_dump?resource=dynamic_active_secrets"
# What a proxy counts when a handshake goes wrong.
WRONG = ("connection_error", "fail_verify_error", "fail_verify_no_cert", "fail_verify_san", "fail_verify_cert_hash")
_COUNTED = re.compile(
    r"\.ssl\.(handshake|session_reused|connection_error|fail_verify_\w+|no_certificate): (\d+)$", re.MULTILINE
)


@dataclass(frozen=True, kw_only=True)
class Sidecar:
    """A running proxy. ``chain``: PEM of what it shows. ``roots``: each that it trusts, as PEM."""

    namespace: str
    pod: str
    chain: str
    roots: frozenset[str]

    @property
    def leaf(self) -> str:
        """Its certificate, without what is above."""
        return handshakes.certificates(self.chain)[0]


@dataclass(kw_only=True)
class Rotating:
    """The mesh, and what is there to be seen of its authority."""

    mesh: Mesh

    def change(self, *, roots: Sequence[int], root: int, intermediates: Sequence[int], intermediate: int) -> None:
        """Write what is listed and what signs; a new generation is issued today."""
        kinds = {"root": (roots, root), "intermediate": (intermediates, intermediate)}
        today, last = self.mesh.world.session.today.isoformat(), self.outputs()

        def generations(kind: str, listed: Sequence[int], signing: int) -> dict[str, Any]:
            issued = {each["number"]: each["issued"] for each in last[kind]["generations"]}
            rows = [{"number": number, "issued": issued.get(number, today)} for number in listed]
            return {"generations": rows, "signing": signing}

        written = {kind: generations(kind, *wanted) for kind, wanted in kinds.items()}
        self.mesh.world.session.change({"mesh": {"certificates": written}})

    def outputs(self) -> dict[str, Any]:
        """What the last `up` put out of the authority."""
        return dict(self.mesh.world.session.outputs()["certificates"])

    def secret(self) -> Manifest:
        """cacerts as it is."""
        found = self.mesh.control_plane.api.get("v1", "Secret", names.CA_SECRET, names.ISTIO_SYSTEM)
        assert found
        return found

    def bundle(self) -> dict[str, str]:
        """Its data, as text."""
        return {key: base64.b64decode(text).decode() for key, text in self.secret()["data"].items()}

    def put(self, bundle: Mapping[str, str]) -> None:
        """Write into cacerts past the program."""
        before = self.secret()
        data = {key: base64.b64encode(text.encode()).decode() for key, text in bundle.items()}
        metadata = {key: before["metadata"][key] for key in ("name", "namespace", "annotations")}
        wanted = {key: before[key] for key in ("apiVersion", "kind", "type")} | {"metadata": metadata, "data": data}
        self.mesh.control_plane.api.apply(wanted, field_manager=_applied(before))

    @contextmanager
    def replaced(self, bundle: Mapping[str, str]) -> Iterator[None]:
        """cacerts is something else while the block runs."""
        before = self.bundle()
        self.put(bundle)
        try:
            yield
        finally:
            self.put(before)

    def handed_out(self, namespace: str = "bookinfo") -> str:
        """The roots that istiod gives to a namespace, for agents to know it by."""
        found = self.mesh.control_plane.api.get("v1", "ConfigMap", names.ROOT_CONFIG_MAP, namespace)
        assert found
        return str(found["data"][trust.ROOT_CERT])

    @cached_property
    def istiod(self) -> str:
        """The pod's name: there is one."""
        [pod] = self.mesh.control_plane.api.list("v1", "Pod", names.ISTIO_SYSTEM, labels="app=istiod")
        return str(pod["metadata"]["name"])

    @cached_property
    def istiod_address(self) -> str:
        """For agents, host:port."""
        pod = self.mesh.control_plane.api.get("v1", "Pod", self.istiod, names.ISTIO_SYSTEM)
        assert pod
        return f"{pod['status']['podIP']}:15012"

    @cached_property
    def istiod_host(self) -> str:
        """The name in its certificate."""
        return f"istiod-{names.revision(self.mesh.world.session.outputs()['istioVersion'])}.{names.ISTIO_SYSTEM}.svc"

    def process(self) -> int:
        """Number of istiod's process. Raises LookupError while it does not run."""
        return self.mesh.kubelet.process(names.ISTIO_SYSTEM, self.istiod, ISTIOD)

    def said(self, text: str) -> int:
        """How often istiod has written it into its log."""
        return self.mesh.kubelet.log(names.ISTIO_SYSTEM, self.istiod, ISTIOD).count(text)

    def proxies(self) -> list[tuple[str, str]]:
        """Namespace and name of every pod with a proxy."""
        pods = self.mesh.control_plane.api.list("v1", "Pod", labels="service.istio.io/canonical-name")
        found = [each["metadata"] for each in pods if injected.sidecar(each)]
        there = [(each["namespace"], each["name"]) for each in found if "deletionTimestamp" not in each]
        assert there, "of no proxy everything holds"
        return there

    def sidecar(self, namespace: str, pod: str) -> Sidecar:
        """As its Envoy has it now."""
        dumped = json.loads(self.envoy(namespace, pod, _SECRETS))["configs"]
        secrets = {each["name"]: each["secret"] for each in dumped}
        chain = secrets["default"]["tls_certificate"]["certificate_chain"]["inline_bytes"]
        roots = secrets["ROOTCA"]["validation_context"]["trusted_ca"]["inline_bytes"]
        listed = frozenset(handshakes.certificates(base64.b64decode(roots).decode()))
        return Sidecar(namespace=namespace, pod=pod, chain=base64.b64decode(chain).decode(), roots=listed)

    def tls(self) -> dict[str, int]:
        """Over all proxies: handshakes and what went wrong in them."""
        found: dict[str, int] = {}
        for proxy in self.proxies():
            for kind, count in _COUNTED.findall(self.envoy(*proxy, "stats?usedonly&filter=ssl")):
                found[kind] = found.get(kind, 0) + int(count)
        return found

    def envoy(self, namespace: str, pod: str, path: str) -> str:
        """What a proxy's administrator is told."""
        done = self.mesh.kubelet.exec(namespace, pod, injected.PROXY, ["pilot-agent", "request", "GET", path])
        assert done.returncode == 0, done.stderr
        return done.stdout

    def credential(self, service: str, told: str) -> tuple[handshakes.Credential, str]:
        """A certificate for a service of Bookinfo, and the roots it comes with. Raises grpc.RpcError."""
        account = f"bookinfo-{service}"
        token = self.mesh.control_plane.token("bookinfo", account, signing.AUDIENCE)
        identity = f"spiffe://cluster.local/ns/bookinfo/sa/{account}"
        roots = self.handed_out()
        return signing.credential(self.istiod_address, self.istiod_host, roots, token, identity, told)

    def settled(self, *, but: Sequence[str] = ()) -> None:
        """Wait until istiod signs with cacerts, every namespace is told, and every proxy trusts it. but: pods."""
        bundle = self.bundle()
        wanted = frozenset(handshakes.certificates(bundle[trust.ROOT_CERT]))
        known = [each for each in self.proxies() if each[1] not in but]

        def check() -> None:
            assert frozenset(handshakes.certificates(self.handed_out())) == wanted
            assert self.signs_with(bundle)
            behind = [each for each in known if self.sidecar(*each).roots != wanted]
            assert behind == [], f"they trust something else: {behind}"

        meshes.eventually(check)

    def renewed(self, chain: str, *, within: float) -> None:
        """Wait until the certificate of every proxy was signed below this chain."""

        def check() -> None:
            old = [each[1] for each in self.proxies() if chain not in self.sidecar(*each).chain]
            assert old == [], f"they show a certificate of another authority: {old}"

        meshes.eventually(check, within=within)

    def signs_with(self, bundle: Mapping[str, str]) -> bool:
        """Whether istiod signs with it, and hands out its roots."""
        try:
            found, roots = self.credential("details", "a look")
        except grpc.RpcError:
            return False
        above = handshakes.certificates(found.chain)[1]
        return (above, roots) == (bundle[trust.CA_CERT].strip(), bundle[trust.ROOT_CERT])


@contextmanager
def world() -> Iterator[Mesh]:
    """The stack dev, with short-lived certificates, on its own."""
    with meshes.up("dev", SETTINGS) as made:
        api = made.control_plane.api
        for rule in api.list("networking.istio.io/v1", "DestinationRule", "bookinfo"):
            api.patch(_one_request(rule))
        for version in UNUSED:
            head = {"apiVersion": "apps/v1", "kind": "Deployment"}
            api.patch({**head, "metadata": {"name": version, "namespace": "bookinfo"}, "spec": {"replicas": 0}})
        traffic.begin(made)
        yield made


def _one_request(rule: Manifest) -> Manifest:
    metadata = {key: rule["metadata"][key] for key in ("name", "namespace")}
    head = {key: rule[key] for key in ("apiVersion", "kind")}
    return head | {"metadata": metadata, "spec": {"trafficPolicy": {"connectionPool": ONE_REQUEST}}}


def _applied(found: Manifest) -> str:
    """Who applies it, so that the engine finds its own fields afterwards."""
    return str(next(each["manager"] for each in found["metadata"]["managedFields"] if each["operation"] == "Apply"))
