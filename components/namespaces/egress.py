"""What a namespace's workloads may call beyond it: opens what the egress scope and registry-only close.

It opens the caller's side only: the called namespace decides by its own AuthorizationPolicy who gets in.
"""

from dataclasses import dataclass
from typing import Any

from ..istio import policy
from ..kubernetes.namespace import Manifest
from ..settings import Namespace, Settings, names

API_HOST = f"kubernetes.default.{names.CLUSTER_DOMAIN}"
# The ClusterIP of the API server: EKS takes services from one of two ranges (EKS, "View networking requirements").
# One host each: istiod keeps only the first address of a host.
API_ADDRESSES = {API_HOST: "172.20.0.1", "kubernetes.default.svc": "10.100.0.1"}
PROTOCOLS = {80: "HTTP", 443: "TLS"}


@dataclass(frozen=True, kw_only=True)
class Inside:
    """A service of the mesh, or all of a namespace (``*``)."""

    namespace: str
    service: str

    @property
    def host(self) -> str:
        """As a Sidecar's egress writes it."""
        suffix = "" if self.service == "*" else f".{self.namespace}.{names.CLUSTER_DOMAIN}"
        return f"{self.namespace}/{self.service}{suffix}"


@dataclass(frozen=True, kw_only=True)
class Outside:
    """A port of a host that is not in the mesh."""

    host: str
    port: int


def parse(call: str) -> Inside | Outside:
    """A call of the settings, whose form the settings have checked."""
    if "/" in call:
        namespace, service = call.split("/")
        return Inside(namespace=namespace, service=service)
    host, port = call.rsplit(":", 1)
    return Outside(host=host, port=int(port))


def objects(settings: Namespace) -> tuple[Manifest, ...]:
    """Sidecar and ServiceEntries of a namespace; none where it calls nothing beyond itself."""
    calls = [parse(call) for call in settings.calls]
    inside = dict.fromkeys(call.host for call in calls if isinstance(call, Inside))
    outside: dict[str, list[int]] = {}
    for call in calls:
        if isinstance(call, Outside):
            outside.setdefault(call.host, []).append(call.port)
    scope = (policy.sidecar(settings.name, (*policy.SCOPE, *inside)),) if inside else ()
    # One entry a host: of two with the same host istiod keeps the older.
    entries = (_external(settings.name, host, sorted(set(ports))) for host, ports in outside.items())
    api = _kubernetes_api(settings.name) if settings.kubernetes_api else ()
    return (*scope, *entries, *api)


def _external(namespace: str, host: str, ports: list[int]) -> Manifest:
    wildcard = host.startswith("*.")
    name = f"hosts-{host.removeprefix('*.')}" if wildcard else f"host-{host}"
    spec = {
        "hosts": [host],
        "ports": [_port(port, PROTOCOLS.get(port, "TCP")) for port in ports],
        # A wildcard cannot be resolved: the connection goes where the workload meant it to.
        "resolution": "NONE" if wildcard else "DNS",
    }
    return _service_entry(namespace, name, spec)


def _kubernetes_api(namespace: str) -> tuple[Manifest, ...]:
    """Clients connect to the ClusterIP without a server name, so the address is what the proxy recognises.

    Which of the two it is, only the cluster knows; both lead to the resolved name.
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
    """Namespaces whose services the mesh knows, besides the control plane's."""
    bookinfo = {names.BOOKINFO} if settings.bookinfo.enabled else set()
    gateways = {names.gateway_workload(name) for name in settings.gateways}
    return frozenset({namespace.name for namespace in settings.namespaces} | bookinfo | gateways)
