"""Bookinfo's routes: the version of a service that a request reaches, and the hosts at the gateway."""

from typing import Any

from ..gateways import objects as gateways
from ..kubernetes.namespace import Manifest
from ..settings import Bookinfo, Gateway, names

PORT = 9080
# Deployed versions. A subset without pods answers 503.
VERSIONS = {
    "productpage": ("v1",),
    "details": ("v1",),
    "ratings": ("v1",),
    "reviews": ("v1", "v2", "v3"),
}
TEST_USER = "jason"
TEST_VERSION = "v2"
# Paths of productpage that the upstream sample publishes; /health and /metrics are not reachable from outside.
PATHS: tuple[dict[str, str], ...] = (
    {"exact": "/productpage"},
    {"prefix": "/static"},
    {"exact": "/login"},
    {"exact": "/logout"},
    {"prefix": "/api/v1/products"},
)
# Limits apply to each calling proxy, not to all together.
TRAFFIC_POLICY: dict[str, Any] = {
    "connectionPool": {
        # Above one second, when the first retry of a lost SYN is sent.
        "tcp": {"connectTimeout": "2s"},
        # The first also limits the queue of HTTP/2; without the second, HTTP/2 requests are unlimited.
        "http": {"http1MaxPendingRequests": 1024, "http2MaxRequests": 1024},
    },
    "outlierDetection": {
        "consecutive5xxErrors": 5,
        "interval": "10s",
        "baseEjectionTime": "30s",
        "maxEjectionPercent": 50,
        # Below this percentage ejection is ignored: with one pod per version, no version disappears.
        "minHealthPercent": 50,
    },
}


def host(service: str) -> str:
    """Return the full name of a service: Istio would resolve a short name in the namespace of the object."""
    return f"{service}.{names.BOOKINFO}.{names.CLUSTER_DOMAIN}"


def destination_rules() -> tuple[Manifest, ...]:
    """Return one DestinationRule per service, with a subset per deployed version.

    Istio ignores one of two rules for the same host.
    """
    return tuple(
        _object(
            "DestinationRule",
            service,
            {
                "host": host(service),
                "trafficPolicy": TRAFFIC_POLICY,
                "subsets": [{"name": version, "labels": {"version": version}} for version in versions],
            },
        )
        for service, versions in VERSIONS.items()
    )


def virtual_services(settings: Bookinfo, gateway: Gateway) -> tuple[Manifest, ...]:
    """Return the routes from the gateway to productpage, and those between the services."""
    inside = {"details": [_to("details")], "ratings": [_to("ratings")], "reviews": _reviews(settings)}
    return (
        _entrance(settings.gateway, gateway),
        *(_object("VirtualService", name, {"hosts": [host(name)], "http": http}) for name, http in inside.items()),
    )


def public_hosts(gateway: Gateway) -> tuple[str, ...]:
    """Return the gateway's hosts for Bookinfo, without those that another covers, which a VirtualService rejects."""
    own = [claim for claim in dict.fromkeys(gateway.claims) if claim.namespace == names.BOOKINFO]
    return tuple(claim.host for claim in own if not any(other.covers(claim) for other in own))


def url(gateway: Gateway, dns_name: str) -> str:
    """Return the URL of the product page: at the first full host name, or else at the load balancer's name."""
    scheme = "http" if gateway.tls.mode == "none" else "https"
    named = [name for name in public_hosts(gateway) if "*" not in name]
    return f"{scheme}://{(named or [dns_name])[0]}{PATHS[0]['exact']}"


def _entrance(gateway_name: str, gateway: Gateway) -> Manifest:
    spec = {
        "hosts": list(public_hosts(gateway)),
        "gateways": [gateways.gateway_reference(gateway_name)],
        "http": [{"match": [{"uri": path} for path in PATHS], **_to("productpage")}],
    }
    return _object("VirtualService", "productpage", spec)


def _reviews(settings: Bookinfo) -> list[dict[str, Any]]:
    if settings.routing == "test-user":
        # productpage sends the name of the logged-in user.
        signed_in = {"match": [{"headers": {"end-user": {"exact": TEST_USER}}}]}
        return [{**signed_in, **_to("reviews", TEST_VERSION)}, _to("reviews")]
    if settings.routing == "canary":
        shares = settings.weights.model_dump()
        return [
            {
                "route": [
                    {**_destination("reviews", version), "weight": share} for version, share in shares.items() if share
                ]
            }
        ]
    return [_to("reviews")]


def _to(service: str, version: str = "v1") -> dict[str, Any]:
    return {"route": [_destination(service, version)]}


def _destination(service: str, version: str) -> dict[str, Any]:
    return {"destination": {"host": host(service), "subset": version, "port": {"number": PORT}}}


def _object(kind: str, name: str, spec: dict[str, Any]) -> Manifest:
    metadata = {"name": name, "namespace": names.BOOKINFO}
    return {"apiVersion": "networking.istio.io/v1", "kind": kind, "metadata": metadata, "spec": spec}
