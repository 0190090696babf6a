"""Who reaches the service, how, and what happens when it is slow or broken."""

from typing import Any

from shop.contract import Contract, ContractError
from shop.settings import Settings
from shop.workload import APP, NAME, PORT, VERSION

Spec = dict[str, Any]

# The one path that is published; /health stays inside.
PATH = "/details/"
# EKS names no other; the mesh's trust domain is something else.
CLUSTER_DOMAIN = "svc.cluster.local"


def service_host(settings: Settings) -> str:
    """Return the full host name: a short one would be resolved in the namespace of the object's reader."""
    return f"{NAME}.{settings.namespace}.{CLUSTER_DOMAIN}"


def public_host(contract: Contract, settings: Settings) -> str:
    """Return the published host. Raises ContractError when the gateway does not exist, or its host is ambiguous."""
    # Else it would be said that nobody may claim anything there.
    contract.gateway(settings.gateway)
    allowed = contract.namespace(settings.namespace).hosts
    ours = [host for gateway, _, host in (each.partition("/") for each in allowed) if gateway == settings.gateway]
    if settings.host is None and len(ours) == 1 and "*" not in ours[0]:
        return ours[0]
    if settings.host and any(_covers(each, settings.host) for each in ours):
        return settings.host
    wanted = f"not {settings.host}" if settings.host else "and shop:host names none"
    raise ContractError(
        f"On the gateway {settings.gateway} of {contract.source} the namespace {settings.namespace} may claim "
        f"{', '.join(ours) or 'no host'}, {wanted}. Write one of them as shop:host, or ask the platform team to list "
        f"{settings.namespace}/<host> among the hosts of the gateway."
    )


def url(contract: Contract, settings: Settings) -> str:
    """Return the URL of the first product."""
    scheme = "https" if 443 in contract.gateway(settings.gateway).ports else "http"
    return f"{scheme}://{public_host(contract, settings)}{PATH}0"


def principal(contract: Contract, settings: Settings) -> str:
    """Return our own identity, for the AuthorizationPolicies of the services that we call."""
    return f"{contract.namespace(settings.namespace).principal_prefix}{NAME}"


def destination_rule(settings: Settings) -> Spec:
    """Return the only DestinationRule for this host, with both blocks and every subset: a second would be ignored.

    Limits apply to each calling proxy, not to all together.
    """
    return {
        "host": service_host(settings),
        "trafficPolicy": {
            "connectionPool": {
                # Above one second: the first retry of a lost SYN comes then.
                "tcp": {"maxConnections": 256, "connectTimeout": "2s"},
                # The first also bounds the queue of HTTP/2; without the second HTTP/2 is unbounded.
                # No maxRequestsPerConnection: it would make a new handshake every few requests.
                "http": {"http1MaxPendingRequests": 256, "http2MaxRequests": 256, "maxRetries": 8},
            },
            "outlierDetection": {
                "consecutive5xxErrors": 5,
                "interval": "10s",
                "baseEjectionTime": "30s",
                "maxEjectionPercent": 50,
                # Below it ejection is ignored: two pods that both fail stay, rather than nobody.
                "minHealthPercent": 50,
            },
        },
        "subsets": [{"name": VERSION, "labels": {"version": VERSION}}],
    }


def route(contract: Contract, settings: Settings) -> Spec:
    """Return the route from the gateway to the service."""
    destination = {"host": service_host(settings), "subset": VERSION, "port": {"number": PORT}}
    return {
        "hosts": [public_host(contract, settings)],
        "gateways": [contract.gateway(settings.gateway).reference],
        "http": [
            {
                "match": [{"uri": {"prefix": PATH}}],
                "route": [{"destination": destination}],
                "timeout": "5s",
                # Only what no pod has begun to answer: a request that does something is never done twice.
                "retries": {"attempts": 2, "retryOn": "connect-failure,refused-stream"},
            }
        ],
    }


def authorization(contract: Contract, settings: Settings) -> Spec:
    """Allow exactly these to read what is published: everyone through the gateway, and our callers inside the mesh."""
    published = {"ports": [str(PORT)], "methods": ["GET"], "paths": [f"{PATH}*"]}
    visitors = [contract.gateway(settings.gateway).principal]
    inside = [_caller(contract, each) for each in settings.callers]
    rules = [
        {"from": [{"source": {"principals": who}}], "to": [{"operation": published}]} for who in (visitors, inside)
    ]
    return {"selector": {"matchLabels": APP}, "action": "ALLOW", "rules": rules if inside else rules[:1]}


def _caller(contract: Contract, caller: str) -> str:
    namespace, _, account = caller.partition("/")
    return f"{contract.trust_domain}/ns/{namespace}/sa/{account}"


def _covers(claim: str, host: str) -> bool:
    return claim in ("*", host) or (claim.startswith("*.") and host.endswith(claim[1:]))
