"""Mesh policy: mutual TLS, scope of the proxies, access logs and authorization."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from ..kubernetes.namespace import Manifest
from ..settings import names

AccessLogs = Literal["all", "errors", "none"]

# Hosts that every proxy knows: those of its own namespace and of the control plane.
SCOPE = ("./*", f"{names.ISTIO_SYSTEM}/*")
# CEL expression over Envoy's attributes. A TCP connection has no code, and only the flags show its failure: without
# them, a call that registry-only blocks would not be logged.
ERRORS = "response.code >= 400 || response.flags != 0"
# The built-in provider of meshConfig that writes to stdout (istio, pkg/config/mesh/mesh.go).
STDOUT_PROVIDER = "envoy"


def mesh(access_logs: AccessLogs) -> tuple[Manifest, ...]:
    """Return the objects in the root namespace, which apply to the whole mesh.

    There is no AuthorizationPolicy: a deny there would also close every gateway and everything in istiod's namespace.
    Each managed namespace has its own.
    """
    return _strict_mtls(), sidecar(names.ISTIO_SYSTEM, SCOPE), _access_log(access_logs)


def sidecar(namespace: str, hosts: Sequence[str]) -> Manifest:
    """Return the Sidecar that sets the hosts known to the proxies of a namespace.

    In the root namespace it applies to every namespace without its own. A namespace's Sidecar replaces that of the root
    namespace instead of adding to it. Gateways ignore both.

    Args:
        namespace: namespace of the object.
        hosts: namespace/host, with ``.`` for the proxy's own namespace.
    """
    return _object("networking.istio.io/v1", "Sidecar", namespace, "default", {"egress": [{"hosts": list(hosts)}]})


def deny_by_default(namespace: str) -> Manifest:
    """Return an empty ALLOW policy, which matches nothing, so that only requests that other policies allow pass."""
    return _object("security.istio.io/v1", "AuthorizationPolicy", namespace, "deny-by-default", {})


def allow(
    namespace: str, app: str, principals: Sequence[str], operations: Sequence[Mapping[str, Sequence[str]]]
) -> Manifest:
    """Allow ``principals`` to perform ``operations`` on the workloads with the label ``app``.

    Mutual TLS proves principals, so plain-text requests never match.
    """
    source = {"source": {"principals": list(principals)}}
    targets = [{"operation": {key: list(values) for key, values in operation.items()}} for operation in operations]
    spec = {"selector": {"matchLabels": {"app": app}}, "action": "ALLOW", "rules": [{"from": [source], "to": targets}]}
    return _object("security.istio.io/v1", "AuthorizationPolicy", namespace, app, spec)


def _strict_mtls() -> Manifest:
    spec = {"mtls": {"mode": "STRICT"}}
    return _object("security.istio.io/v1", "PeerAuthentication", names.ISTIO_SYSTEM, "default", spec)


def _access_log(mode: AccessLogs) -> Manifest:
    """Return the Telemetry object that selects the logged requests; the format is set in meshConfig."""
    logging: dict[str, Any] = {"providers": [{"name": STDOUT_PROVIDER}]}
    if mode == "errors":
        logging["filter"] = {"expression": ERRORS}
    if mode == "none":
        logging["disabled"] = True
    spec = {"accessLogging": [logging]}
    return _object("telemetry.istio.io/v1", "Telemetry", names.ISTIO_SYSTEM, "access-logs", spec)


def _object(api_version: str, kind: str, namespace: str, name: str, spec: dict[str, Any]) -> Manifest:
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec}
