"""Mesh policy: mutual TLS, what proxies know, what they log, and who may call whom."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from ..kubernetes.namespace import Manifest
from ..settings import names

AccessLogs = Literal["all", "errors", "none"]

# Hosts that every proxy knows: its own namespace and the control plane.
SCOPE = ("./*", f"{names.ISTIO_SYSTEM}/*")
# CEL over Envoy's attributes. A TCP connection has no code, and its failure shows in the flags only:
# without them a call into registry-only's black hole leaves no line.
ERRORS = "response.code >= 400 || response.flags != 0"
# Of meshConfig's built-in providers the one that writes to stdout (istio, pkg/config/mesh/mesh.go).
STDOUT_PROVIDER = "envoy"


def mesh(access_logs: AccessLogs) -> tuple[Manifest, ...]:
    """What holds for the whole mesh, because it stands in the root namespace.

    No AuthorizationPolicy: a deny there would close istiod's neighbours and every gateway at once;
    each managed namespace has its own.
    """
    return _strict_mtls(), sidecar(names.ISTIO_SYSTEM, SCOPE), _access_log(access_logs)


def sidecar(namespace: str, hosts: Sequence[str]) -> Manifest:
    """What the proxies of a namespace know (of every namespace without its own, in the root namespace).

    hosts: namespace/host, ``.`` for the proxy's own namespace. A namespace's object replaces the root's, it does
    not add to it. Gateways obey neither.
    """
    return _object("networking.istio.io/v1", "Sidecar", namespace, "default", {"egress": [{"hosts": list(hosts)}]})


def deny_by_default(namespace: str) -> Manifest:
    """An empty ALLOW policy: matches nothing, so that only what another policy allows gets in."""
    return _object("security.istio.io/v1", "AuthorizationPolicy", namespace, "deny-by-default", {})


def allow(
    namespace: str, app: str, principals: Sequence[str], operations: Sequence[Mapping[str, Sequence[str]]]
) -> Manifest:
    """Let ``principals`` do ``operations`` on the workloads labelled ``app``.

    Principals are proven by mutual TLS: plain text never matches.
    """
    source = {"source": {"principals": list(principals)}}
    targets = [{"operation": {key: list(values) for key, values in operation.items()}} for operation in operations]
    spec = {"selector": {"matchLabels": {"app": app}}, "action": "ALLOW", "rules": [{"from": [source], "to": targets}]}
    return _object("security.istio.io/v1", "AuthorizationPolicy", namespace, app, spec)


def _strict_mtls() -> Manifest:
    spec = {"mtls": {"mode": "STRICT"}}
    return _object("security.istio.io/v1", "PeerAuthentication", names.ISTIO_SYSTEM, "default", spec)


def _access_log(mode: AccessLogs) -> Manifest:
    """The format, JSON, is the provider's and so meshConfig's."""
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
