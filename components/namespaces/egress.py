"""Calls of a namespace's workloads to other destinations: exceptions to the egress scope and to registry-only.

They open only the caller's side: the called namespace decides by its own AuthorizationPolicy which callers it accepts.
"""

from dataclasses import dataclass
from typing import Any

from ..istio import policy
from ..kubernetes.namespace import Manifest
from ..settings import Namespace, Settings, names

API_HOST = f"kubernetes.default.{names.CLUSTER_DOMAIN}"
# Possible ClusterIPs of the API server: EKS uses one of two ranges for Services (EKS, "View networking requirements").
# Each has its own host, because istiod keeps only the first address of a host.
API_ADDRESSES = {API_HOST: "172.20.0.1", "kubernetes.default.svc": "10.100.0.1"}
PROTOCOLS = {80: "HTTP", 443: "TLS"}


@dataclass(frozen=True, kw_only=True)
class Inside:
    """A service of the mesh, or all services of a namespace."""

    namespace: str
    """Namespace of the service."""
    service: str
    """Name of the service, or ``*``."""

    @property
    def host(self) -> str:
        """Host in the notation of a Sidecar's egress."""
        suffix = "" if self.service == "*" else f".{self.namespace}.{names.CLUSTER_DOMAIN}"
        return f"{self.namespace}/{self.service}{suffix}"


@dataclass(frozen=True, kw_only=True)
class Outside:
    """A port of a host outside the mesh."""

    host: str
    """DNS name, or a wildcard such as ``*.example.org``."""
    port: int
    """The TCP port."""


def parse(call: str) -> Inside | Outside:
    """Parse a call of the settings, whose form the settings have already checked."""
    if "/" in call:
        namespace, service = call.split("/")
        return Inside(namespace=namespace, service=service)
    host, port = call.rsplit(":", 1)
    return Outside(host=host, port=int(port))


def objects(settings: Namespace) -> tuple[Manifest, ...]:
    """Return Sidecar and ServiceEntries of a namespace; nothing if it calls nothing outside itself."""
    calls = [parse(call) for call in settings.calls]
    inside = dict.fromkeys(call.host for call in calls if isinstance(call, Inside))
    outside: dict[str, list[int]] = {}
    for call in calls:
        if isinstance(call, Outside):
            outside.setdefault(call.host, []).append(call.port)
    scope = (policy.sidecar(settings.name, (*policy.SCOPE, *inside)),) if inside else ()
    # One entry per host: of two entries with the same host istiod keeps only the older.
    entries = (_external(settings.name, host, sorted(set(ports))) for host, ports in outside.items())
    api = _kubernetes_api(settings.name) if settings.kubernetes_api else ()
    return (*scope, *entries, *api)


def _external(namespace: str, host: str, ports: list[int]) -> Manifest:
    wildcard = host.startswith("*.")
    name = f"hosts-{host.removeprefix('*.')}" if wildcard else f"host-{host}"
    spec = {
        "hosts": [host],
        "ports": [_port(port, PROTOCOLS.get(port, "TCP")) for port in ports],
        # A wildcard cannot be resolved: the proxy keeps the destination address of the workload.
        "resolution": "NONE" if wildcard else "DNS",
    }
    return _service_entry(namespace, name, spec)


def _kubernetes_api(namespace: str) -> tuple[Manifest, ...]:
    """Return one entry for each possible ClusterIP of the API server; both lead to the resolved name.

    Clients connect to the ClusterIP without SNI, so the proxy can match only the address.
    """
    return tuple(
        _service_entry(
            namespace,
            f"kubernetes-api-{address.replace('.', '-')}",
            {
                "hosts": [host],
                "addresses": [address],
                "ports": [_port(443, "TCP")],
                "resolution": "DNS",
                "endpoints": [{"address": API_HOST}],
            },
        )
        for host, address in API_ADDRESSES.items()
    )


def _port(number: int, protocol: str) -> dict[str, Any]:
    return {"number": number, "name": f"{protocol.lower()}-{number}", "protocol": protocol}


def _service_entry(namespace: str, name: str, spec: dict[str, Any]) -> Manifest:
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "ServiceEntry",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {**spec, "location": "MESH_EXTERNAL", "exportTo": ["."]},
    }


def mesh_namespaces(settings: Settings) -> frozenset[str]:
    """Return the namespaces whose services are in the mesh, without that of the control plane."""
    bookinfo = {names.BOOKINFO} if settings.bookinfo.enabled else set()
    gateways = {names.gateway_workload(name) for name in settings.gateways}
    return frozenset({namespace.name for namespace in settings.namespaces} | bookinfo | gateways)
