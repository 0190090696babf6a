"""A mesh whose certificate authority changes while it is used."""

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import grpc  # type: ignore[import-untyped]

from components import trust
from components.settings import names
from local.authority import sidecars, signing
from local.authority.credentials import Credential, certificates
from local.control_plane.api_connection import Manifest
from local.world import proxies, settled
from local.world.mesh import Mesh

ISTIOD = "discovery"
# Seconds until everybody has heard, and between two looks.
SOON = 30.0
PAUSE = 0.2


@dataclass(kw_only=True)
class Rotating:
    """The mesh, and what is there to be seen of its authority."""

    mesh: Mesh

    def change(self, *, roots: Sequence[int], root: int, intermediates: Sequence[int], intermediate: int) -> None:
        """Write the listed generations and the signing one; a new generation is issued today."""
        kinds = {"root": (roots, root), "intermediate": (intermediates, intermediate)}
        today, last = self.mesh.world.session.today.isoformat(), self.outputs()

        def generations(kind: str, listed: Sequence[int], signing: int) -> dict[str, Any]:
            issued = {each["number"]: each["issued"] for each in last[kind]["generations"]}
            rows = [{"number": number, "issued": issued.get(number, today)} for number in listed]
            return {"generations": rows, "signing": signing}

        written = {kind: generations(kind, *wanted) for kind, wanted in kinds.items()}
        self.mesh.world.session.change({"mesh": {"certificates": written}})

    def outputs(self) -> dict[str, Any]:
        """Return the authority's outputs of the last `up`."""
        return dict(self.mesh.world.session.outputs()["certificates"])

    def secret(self) -> Manifest:
        """Return the Secret cacerts."""
        found = self.mesh.control_plane.api.get("v1", "Secret", names.CA_SECRET, names.ISTIO_SYSTEM)
        assert found
        return found

    def bundle(self) -> dict[str, str]:
        """Return the data of cacerts as text."""
        return {key: base64.b64decode(text).decode() for key, text in self.secret()["data"].items()}

    def put(self, bundle: Mapping[str, str]) -> None:
        """Write into cacerts without the program."""
        before = self.secret()
        data = {key: base64.b64encode(text.encode()).decode() for key, text in bundle.items()}
        metadata = {key: before["metadata"][key] for key in ("name", "namespace", "annotations")}
        wanted = {key: before[key] for key in ("apiVersion", "kind", "type")} | {"metadata": metadata, "data": data}
        self.mesh.control_plane.api.apply(wanted, field_manager=_applied(before))

    @contextmanager
    def replaced(self, bundle: Mapping[str, str]) -> Iterator[None]:
        """Replace cacerts while the block runs."""
        before = self.bundle()
        self.put(bundle)
        try:
            yield
        finally:
            self.put(before)

    def handed_out(self, namespace: str = "bookinfo") -> str:
        """Return the roots that istiod publishes in a namespace, with which agents verify istiod."""
        found = self.mesh.control_plane.api.get("v1", "ConfigMap", names.ROOT_CONFIG_MAP, namespace)
        assert found
        return str(found["data"][trust.ROOT_CERT])

    @cached_property
    def istiod(self) -> str:
        """Return the name of istiod's pod; there is one."""
        [pod] = self.mesh.control_plane.api.list("v1", "Pod", names.ISTIO_SYSTEM, labels="app=istiod")
        return str(pod["metadata"]["name"])

    @cached_property
    def istiod_address(self) -> str:
        """Return the address for agents, as host:port."""
        pod = self.mesh.control_plane.api.get("v1", "Pod", self.istiod, names.ISTIO_SYSTEM)
        assert pod
        return f"{pod['status']['podIP']}:15012"

    @cached_property
    def istiod_host(self) -> str:
        """Return the name in istiod's certificate."""
        return f"istiod-{names.revision(self.mesh.world.session.outputs()['istioVersion'])}.{names.ISTIO_SYSTEM}.svc"

    def process(self) -> int:
        """Return the process ID of istiod. Raises LookupError while it does not run."""
        return self.mesh.kubelet.process(names.ISTIO_SYSTEM, self.istiod, ISTIOD)

    def said(self, text: str) -> int:
        """Return how often a text occurs in istiod's log."""
        return self.mesh.kubelet.log(names.ISTIO_SYSTEM, self.istiod, ISTIOD).count(text)

    def credential(self, service: str, told: str) -> tuple[Credential, str]:
        """Return a certificate for a service of Bookinfo, and the roots it comes with. Raises grpc.RpcError."""
        account = f"bookinfo-{service}"
        token = self.mesh.control_plane.token("bookinfo", account, signing.AUDIENCE)
        identity = f"spiffe://cluster.local/ns/bookinfo/sa/{account}"
        roots = self.handed_out()
        return signing.credential(self.istiod_address, self.istiod_host, roots, token, identity, told)

    def settled(self, *, but: Sequence[str] = ()) -> None:
        """Wait until istiod signs with cacerts, and all namespaces and proxies have its roots. but: excluded pods."""
        bundle = self.bundle()
        wanted = frozenset(certificates(bundle[trust.ROOT_CERT]))
        known = [each for each in proxies.all_of(self.mesh) if each[1] not in but]

        def late() -> list[str]:
            said = [] if frozenset(certificates(self.handed_out())) == wanted else ["namespaces are told other roots"]
            said += [] if self.signs_with(bundle) else ["istiod signs with something else"]
            behind = (pod for pod in known if sidecars.shown(self.mesh, *pod).roots != wanted)
            return said + [f"{'/'.join(each)} trusts something else" for each in behind]

        _wait(late, SOON)

    def renewed(self, chain: str, *, within: float) -> None:
        """Wait until the certificate of every proxy was signed below this chain."""

        def late() -> list[str]:
            old = (pod for pod in proxies.all_of(self.mesh) if chain not in sidecars.shown(self.mesh, *pod).chain)
            return [f"{'/'.join(each)} shows a certificate of another authority" for each in old]

        _wait(late, within)

    def signs_with(self, bundle: Mapping[str, str]) -> bool:
        """Return whether istiod signs with this bundle and returns its roots."""
        try:
            found, roots = self.credential("details", "a look")
        except grpc.RpcError:
            return False
        above = certificates(found.chain)[1]
        return (above, roots) == (bundle[trust.CA_CERT].strip(), bundle[trust.ROOT_CERT])


def _wait(late: Callable[[], list[str]], within: float) -> None:
    settled.until(lambda: (late(), None), within=within, every=PAUSE)


def _applied(found: Manifest) -> str:
    """Return the field manager that applies the object, so that the engine finds its own fields afterwards."""
    return str(next(each["manager"] for each in found["metadata"]["managedFields"] if each["operation"] == "Apply"))
