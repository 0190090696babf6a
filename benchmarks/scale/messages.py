"""The delta discovery protocol (Envoy's service/discovery/v3), as much of it as a light proxy reads and writes."""

from collections.abc import Iterator, Mapping
from typing import Any

from local import protobuf

METHOD = "/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources"

_TYPES = "type.googleapis.com/"
CLUSTERS = f"{_TYPES}envoy.config.cluster.v3.Cluster"
ENDPOINTS = f"{_TYPES}envoy.config.endpoint.v3.ClusterLoadAssignment"
LISTENERS = f"{_TYPES}envoy.config.listener.v3.Listener"
ROUTES = f"{_TYPES}envoy.config.route.v3.RouteConfiguration"
# Names of services, for proxies that answer DNS themselves.
NAMES = f"{_TYPES}istio.networking.nds.v1.NameTable"
_HTTP = f"{_TYPES}envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"

_PACKAGE = "scale"
_SHAPES: Mapping[str, protobuf.Shape] = {
    "Node": [("id", 1, "string"), ("metadata", 3, ".google.protobuf.Struct")],
    "Request": [
        ("node", 1, f".{_PACKAGE}.Node"),
        ("type_url", 2, "string"),
        ("resource_names_subscribe", 3, "*string"),
        ("resource_names_unsubscribe", 4, "*string"),
        ("response_nonce", 6, "string"),
    ],
    "Resource": [("resource", 2, ".google.protobuf.Any"), ("name", 3, "string")],
    "Response": [
        ("resources", 2, f"*.{_PACKAGE}.Resource"),
        ("type_url", 4, "string"),
        ("nonce", 5, "string"),
        ("removed_resources", 6, "*string"),
    ],
    "Listener": [("filter_chains", 3, f"*.{_PACKAGE}.Chain"), ("default_filter_chain", 25, f".{_PACKAGE}.Chain")],
    "Chain": [("filters", 3, f"*.{_PACKAGE}.Filter")],
    "Filter": [("typed_config", 4, ".google.protobuf.Any")],
    "Http": [("rds", 3, f".{_PACKAGE}.Rds")],
    "Rds": [("route_config_name", 2, "string")],
}

MESSAGES = protobuf.messages(_PACKAGE, _SHAPES)


def node(identity: str, metadata: Mapping[str, Any]) -> Any:
    """Return the node with which a proxy identifies itself."""
    return MESSAGES["Node"](id=identity, metadata=protobuf.struct(metadata))


def request(type_url: str, **given: Any) -> bytes:
    """Return a request of a stream; only the first carries ``node``."""
    written: bytes = MESSAGES["Request"](type_url=type_url, **given).SerializeToString()
    return written


def response(raw: bytes) -> Any:
    """Parse a response; its resources stay bytes."""
    return MESSAGES["Response"].FromString(raw)


def route_names(listener: bytes) -> Iterator[str]:
    """Return the route configurations that a listener takes from discovery."""
    read = MESSAGES["Listener"].FromString(listener)
    chains = (*read.filter_chains, read.default_filter_chain)
    configs = [each.typed_config for chain in chains for each in chain.filters]
    managers = (MESSAGES["Http"].FromString(each.value) for each in configs if each.type_url == _HTTP)
    return (each.rds.route_config_name for each in managers if each.rds.route_config_name)
