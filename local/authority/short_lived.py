"""The stack dev with certificates that end soon: what takes a day elsewhere can be watched."""

from collections.abc import Iterator
from contextlib import contextmanager

from local.control_plane.api_connection import Manifest
from local.world import running
from local.world.mesh import Mesh

# Seconds that a sidecar's certificate is good for. In the place of a day: what has to run out before a root is dropped
# runs out while somebody looks on.
LIFETIME = 40
# Every hop of a request is a connection of its own, so that certificates are looked at all the time.
ONE_REQUEST = {"http": {"maxRequestsPerConnection": 1}}
# Nobody here is routed to them, and every sidecar takes of what a user may have of inotify.
UNUSED = ("reviews-v1", "reviews-v3")
PROXIES = {"proxyMetadata": {"SECRET_TTL": f"{LIFETIME}s"}, "proxyStatsMatcher": {"inclusionRegexps": [".*ssl.*"]}}
SETTINGS = {"mesh": {"values": {"istiod": {"meshConfig": {"defaultConfig": PROXIES}}}}}


@contextmanager
def up() -> Iterator[Mesh]:
    """Bring up a separate mesh while the block runs."""
    with running.up("dev", SETTINGS) as made:
        api = made.control_plane.api
        for rule in api.list("networking.istio.io/v1", "DestinationRule", "bookinfo"):
            api.patch(_one_request(rule))
        for version in UNUSED:
            head = {"apiVersion": "apps/v1", "kind": "Deployment"}
            api.patch({**head, "metadata": {"name": version, "namespace": "bookinfo"}, "spec": {"replicas": 0}})
        yield made


def _one_request(rule: Manifest) -> Manifest:
    metadata = {key: rule["metadata"][key] for key in ("name", "namespace")}
    head = {key: rule[key] for key in ("apiVersion", "kind")}
    return head | {"metadata": metadata, "spec": {"trafficPolicy": {"connectionPool": ONE_REQUEST}}}
