"""What the injector has made of a pod."""

import json
from collections.abc import Mapping
from typing import Any

from local.control_plane.api import Api
from local.control_plane.api_connection import Manifest
from local.world import callers, proxies

STATUS, REVISION = "sidecar.istio.io/status", "istio.io/rev"


def tried(api: Api, namespace: str, *, labels: Mapping[str, str] | None = None) -> Manifest:
    """A pod as the API server would keep it, were it created. Raises ApiRefusedError."""
    return api.create(callers.manifest(namespace, "tried", labels=labels), dry_run=True)


def revision(pod: Manifest) -> str | None:
    """Of the istiod that injected the pod; None for one that came back as it was sent."""
    annotations = pod["metadata"].get("annotations") or {}
    if STATUS not in annotations and proxies.sidecar(pod) is None:
        return None
    named = {json.loads(annotations[STATUS])["revision"], annotations[REVISION]}
    assert len(named) == 1, named
    # And it is that istiod which the proxy will talk to.
    assert discovery(pod) == f"istiod-{annotations[REVISION]}.istio-system.svc:15012"
    return str(annotations[REVISION])


def environment(pod: Manifest) -> dict[str, Any]:
    """Of the proxy, what is written down."""
    proxy = proxies.sidecar(pod)
    assert proxy, pod["metadata"]
    return {each["name"]: each.get("value") for each in proxy["env"]}


def discovery(pod: Manifest) -> str:
    """Where the proxy will ask for its configuration."""
    return str(json.loads(environment(pod)["PROXY_CONFIG"])["discoveryAddress"])
