"""The mesh that is measured: its namespaces, what is in them, and the proxies that live there."""

import ipaddress
from collections.abc import Iterator
from typing import Any

from benchmarks.scale import stack
from benchmarks.scale.measured import Layout
from benchmarks.scale.proxy import Identity
from components.gateways import objects
from components.gateways import plan as gateways
from components.istio.system_namespaces import system_namespaces
from components.namespaces import plan as namespaces
from components.settings import Gateway, names

Manifest = dict[str, Any]

PER_NAMESPACE, ROUTES, ENDPOINTS, GATEWAY_ROUTES = 20, 3, 2, 20
# Of all namespaces, those inside the mesh.
MESHED = 0.8
PORTS = {"http": 80, "http-more": 8080}
TAG = "stable"
GATEWAY = "public"
UNMARKED = "none"
_PODS, _PROXIES = (ipaddress.IPv4Address(each) for each in ("10.128.0.0", "10.192.0.0"))


class UnevenError(ValueError):
    """So many services make no whole namespaces inside the mesh and outside."""


def layout(services: int, proxies: int) -> Layout:
    """Return a layout of this size. Raises UnevenError."""
    count = services // PER_NAMESPACE
    meshed = round(count * MESHED)
    if services % PER_NAMESPACE or meshed == count or proxies < 1:
        raise UnevenError(f"services come in namespaces of {PER_NAMESPACE}, three of them at least")
    return Layout(
        services=services,
        namespaces=count,
        meshed_namespaces=meshed,
        endpoints_per_service=ENDPOINTS,
        ports_per_service=len(PORTS),
        routes_per_namespace=ROUTES,
        proxies=proxies,
        visible=PER_NAMESPACE,
    )


def inside(layout: Layout) -> list[str]:
    """Return the names of the namespaces in the mesh."""
    return [f"team-{number:03d}" for number in range(layout.meshed_namespaces)]


def outside(layout: Layout) -> list[str]:
    """Return the names of the namespaces outside the mesh."""
    return [f"other-{number:03d}" for number in range(layout.namespaces - layout.meshed_namespaces)]


def place(layout: Layout, namespace: str) -> int:
    """Return the position of a namespace among all."""
    return [*inside(layout), *outside(layout)].index(namespace)


def service_name(number: int) -> str:
    """Return the name of a service in its namespace."""
    return f"service-{number:02d}"


def cluster(namespace: str, name: str) -> str:
    """Return the name of a service's first port as a cluster in Envoy."""
    return f"outbound|{PORTS['http']}||{host(namespace, name)}"


def host(namespace: str, name: str) -> str:
    """Return the DNS name of a service."""
    return f"{name}.{namespace}.{names.CLUSTER_DOMAIN}"


def all_namespaces(layout: Layout) -> Iterator[Manifest]:
    """Yield the platform's namespaces as the program makes them, those of teams in the mesh, and the others."""
    yield from system_namespaces()
    yield namespaces.gateway_namespace(GATEWAY)
    yield from (namespaces.mesh_namespace(each, TAG) for each in inside(layout))
    yield from (plain_namespace(each) for each in outside(layout))


def plain_namespace(name: str) -> Manifest:
    """Return a namespace outside the mesh."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def services(layout: Layout) -> Iterator[Manifest]:
    """Yield services and their endpoints; no service has a selector, so that no controller interferes."""
    for index, namespace in enumerate((*inside(layout), *outside(layout))):
        for number in range(PER_NAMESPACE):
            yield service(namespace, service_name(number))
            yield endpoints(namespace, service_name(number), addresses(index, number))


def addresses(namespace: int, number: int) -> list[str]:
    """Return the addresses of a service's endpoints, by the position of its namespace."""
    first = (namespace * PER_NAMESPACE + number) * ENDPOINTS
    return [str(_PODS + first + each) for each in range(ENDPOINTS)]


def service(namespace: str, name: str) -> Manifest:
    """Return a service with every port."""
    ports = [{"name": port, "port": number} for port, number in PORTS.items()]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"namespace": namespace, "name": name},
        "spec": {"ports": ports},
    }


def endpoints(namespace: str, name: str, given: list[str]) -> Manifest:
    """Return an EndpointSlice with a service's addresses."""
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {"namespace": namespace, "name": name, "labels": {"kubernetes.io/service-name": name}},
        "addressType": "IPv4",
        "ports": [{"name": port, "port": number} for port, number in PORTS.items()],
        "endpoints": [{"addresses": [each], "conditions": {"ready": True}} for each in given],
    }


def routes(layout: Layout) -> Iterator[Manifest]:
    """Return routes for the first services of every namespace inside the mesh."""
    return (route(namespace, number, UNMARKED) for namespace in inside(layout) for number in range(ROUTES))


def route(namespace: str, number: int, mark: str) -> Manifest:
    """Return a VirtualService of two rules; ``mark`` is the value of a header that it adds."""
    to = host(namespace, service_name(number))
    toward = {"route": [{"destination": {"host": to, "port": {"number": PORTS["http"]}}}]}
    canary = {"match": [{"headers": {"x-canary": {"exact": "yes"}}}], "timeout": "3s", **toward}
    return _virtual_service(
        namespace,
        service_name(number),
        {"hosts": [to], "http": [canary, {**toward, "headers": {"request": {"set": {"x-mark": mark}}}}]},
    )


def gateway(layout: Layout) -> Iterator[Manifest]:
    """Yield the gateway as the program makes it, and one route each for services of many namespaces."""
    claims = _claims(layout)
    settings = Gateway(hosts=tuple(f"{namespace}/{visited}" for visited, (namespace, _) in claims.items()))
    yield objects.istio_gateway(gateways.plan(GATEWAY, settings, stack.committed().settings.mesh))
    for visited, (namespace, name) in claims.items():
        toward = [{"destination": {"host": host(namespace, name), "port": {"number": PORTS["http"]}}}]
        spec = {"hosts": [visited], "gateways": [objects.gateway_reference(GATEWAY)], "http": [{"route": toward}]}
        yield _virtual_service(namespace, visited, spec)


def _claims(layout: Layout) -> dict[str, tuple[str, str]]:
    """Return the hosts of the gateway, each with the namespace and the service that answer."""
    known = inside(layout)
    return {
        f"app-{number}.example.com": (known[number % len(known)], service_name(number // len(known)))
        for number in range(GATEWAY_ROUTES)
    }


def proxies(layout: Layout, metadata: dict[str, Any]) -> list[Identity]:
    """Return sidecars in turn over the mesh's namespaces, and one gateway. metadata: of sidecars, from the mesh."""
    known = inside(layout)
    sidecars = [
        Identity(
            kind="sidecar",
            name=f"proxy-{number}",
            namespace=known[number % len(known)],
            address=str(_PROXIES + number + 1),
            labels={},
            metadata=metadata,
        )
        for number in range(layout.proxies)
    ]
    workload = names.gateway_workload(GATEWAY)
    labels = {"app": workload, "istio": workload}
    return [*sidecars, Identity(kind="router", name="pod", namespace=workload, address=str(_PROXIES), labels=labels)]


def _virtual_service(namespace: str, name: str, spec: Manifest) -> Manifest:
    metadata = {"namespace": namespace, "name": name}
    return {"apiVersion": "networking.istio.io/v1", "kind": "VirtualService", "metadata": metadata, "spec": spec}
