"""Bookinfo's routes: which version of a service a request reaches, and where requests come in."""

from collections.abc import Callable, Iterable
from typing import Any

from ..gateways import plan as gateways
from ..settings import Bookinfo, Gateway, Settings, names
from ..settings.problems import Problem

Manifest = dict[str, Any]

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
# Paths of productpage that its upstream sample publishes; /health and /metrics stay inside.
PATHS: tuple[dict[str, str], ...] = (
    {"exact": "/productpage"},
    {"prefix": "/static"},
    {"exact": "/login"},
    {"exact": "/logout"},
    {"prefix": "/api/v1/products"},
)
# Limits hold for each calling proxy, not for all together.
TRAFFIC_POLICY: dict[str, Any] = {
    "connectionPool": {
        # Above one second: the first retry of a lost SYN comes then.
        "tcp": {"connectTimeout": "2s"},
        # The first also bounds the queue of HTTP/2; without the second HTTP/2 is unbounded.
        "http": {"http1MaxPendingRequests": 1024, "http2MaxRequests": 1024},
    },
    "outlierDetection": {
        "consecutive5xxErrors": 5,
        "interval": "10s",
        "baseEjectionTime": "30s",
        "maxEjectionPercent": 50,
        # Below it ejection is ignored: with one pod a version, no version disappears.
        "minHealthPercent": 50,
    },
}


def host(service: str) -> str:
    """Full name: a short one would be resolved in the namespace of whoever reads the object."""
    return f"{service}.{names.BOOKINFO}.{names.CLUSTER_DOMAIN}"


def destination_rules() -> tuple[Manifest, ...]:
    """One a service, with a subset for each deployed version: of two for one host, one is ignored."""
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
    """Routes from the gateway to productpage, and between the services inside the mesh."""
    inside = {"details": [_to("details")], "ratings": [_to("ratings")], "reviews": _reviews(settings)}
    return (
        _entrance(settings.gateway, gateway),
        *(_object("VirtualService", name, {"hosts": [host(name)], "http": http}) for name, http in inside.items()),
    )


def public_hosts(gateway: Gateway) -> tuple[str, ...]:
    """Hosts of the gateway that are Bookinfo's; none is covered by another, which a VirtualService refuses."""
    own = [claim.partition("/")[2] for claim in gateway.hosts if claim.startswith(f"{names.BOOKINFO}/")]
    return tuple(name for name in dict.fromkeys(own) if not any(_covers(other, name) for other in own))


def url(gateway: Gateway, dns_name: str) -> str:
    """Product page: under the first host with a full name, else under the load balancer's."""
    scheme = "http" if gateway.tls.mode == "none" else "https"
    named = [name for name in public_hosts(gateway) if "*" not in name]
    return f"{scheme}://{(named or [dns_name])[0]}{PATHS[0]['exact']}"


def _covers(wildcard: str, name: str) -> bool:
    return wildcard != name and wildcard.startswith("*") and name.endswith(wildcard[1:])


def _entrance(gateway_name: str, gateway: Gateway) -> Manifest:
    spec = {
        "hosts": list(public_hosts(gateway)),
        "gateways": [gateways.gateway_reference(gateway_name)],
        "http": [{"match": [{"uri": path} for path in PATHS], **_to("productpage")}],
    }
    return _object("VirtualService", "productpage", spec)


def _reviews(settings: Bookinfo) -> list[dict[str, Any]]:
    if settings.routing == "test-user":
        # productpage sends the name its visitor logged in with.
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


def whole_weights(settings: Settings) -> Iterable[Problem]:
    """The shares are all of the traffic, also before routing is canary: then nobody looks at them again."""
    shares = settings.bookinfo.weights.model_dump()
    total = sum(shares.values())
    if total != 100:
        yield Problem(
            key="bookinfo.weights",
            value=shares,
            reason=f"add up to {total}: Istio would read them as proportions, not as the percent they say.",
            remedy="Write shares that add up to 100.",
        )


def served(settings: Settings) -> Iterable[Problem]:
    """Bookinfo's gateway exists and serves it under some host."""
    if not settings.bookinfo.enabled:
        return
    name = settings.bookinfo.gateway
    gateway = settings.gateways.get(name)
    if gateway is None:
        yield Problem(
            key="bookinfo.gateway",
            value=name,
            reason="is no gateway of this stack: nobody could reach Bookinfo.",
            remedy=_choices(settings.gateways),
        )
    elif not public_hosts(gateway):
        yield Problem(
            key=f"gateways.{name}.hosts",
            value=list(gateway.hosts),
            reason=f"gives {names.BOOKINFO} no host, though bookinfo.gateway is {name}: its routes would be ignored.",
            remedy=f'Add "{names.BOOKINFO}/*" or "{names.BOOKINFO}/" and a host, or set bookinfo.enabled to false.',
        )


def _choices(found: Iterable[str]) -> str:
    listed = ", ".join(sorted(found))
    return f"Choose one of {listed}, or set bookinfo.enabled to false." if listed else "Add a gateway of that name."


# What must hold of the settings of Bookinfo, for ``stack.rules``.
RULES: tuple[Callable[[Settings], Iterable[Problem]], ...] = (whole_weights, served)
