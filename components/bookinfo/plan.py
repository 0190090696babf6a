"""The sample application: its workloads and their authorization. Routes are in ``bookinfo.routing``."""

from dataclasses import dataclass
from typing import Any

from ..cluster import nodes
from ..gateways import objects as gateways
from ..istio import policy
from ..kubernetes.namespace import Manifest
from ..settings import Images, Namespace, names, versions
from .routing import PORT, VERSIONS

NAMESPACE = Namespace(name=names.BOOKINFO)
# Path for probes, which every service has; istiod's injector routes the kubelet's probe through the sidecar.
HEALTH_PATH = "/health"
READS = {"ports": [str(PORT)], "methods": ["GET"]}
LOGIN = {"ports": [str(PORT)], "methods": ["POST"], "paths": ["/login"]}
# Callers of each service inside the mesh, from the sources: productpage calls ratings only for
# /api/v1/products/<id>/ratings.
CALLERS = {
    "details": ("productpage",),
    "reviews": ("productpage",),
    "ratings": ("productpage", "reviews"),
}


@dataclass(frozen=True, kw_only=True)
class Workload:
    """Resources of a service's pods; upstream sets none. productpage forks eight workers, reviews is a Java server."""

    cpu: str
    """CPU request."""
    memory: str
    """Memory request."""
    writable: tuple[str, ...] = ()
    """Paths that get an emptyDir, because the image's user cannot write elsewhere."""
    environment: tuple[tuple[str, str], ...] = ()
    """Environment variables, as pairs of name and value."""


WORKLOADS = {
    "productpage": Workload(cpu="50m", memory="256Mi", writable=("/tmp",)),
    "details": Workload(cpu="20m", memory="64Mi"),
    "ratings": Workload(cpu="20m", memory="64Mi"),
    "reviews": Workload(
        cpu="50m",
        memory="256Mi",
        writable=("/tmp", "/opt/ibm/wlp/output"),
        environment=(("LOG_DIR", "/tmp/logs"),),
    ),
}


def service_account(service: str) -> str:
    """Return the name of a service's own ServiceAccount, by which authorization identifies callers."""
    return f"bookinfo-{service}"


def service_accounts() -> tuple[Manifest, ...]:
    """Return one ServiceAccount per service.

    None mounts a token: no service calls the Kubernetes API, and the sidecar has its own token.
    """
    return tuple(
        {**_head("v1", "ServiceAccount", service_account(service), {}), "automountServiceAccountToken": False}
        for service in VERSIONS
    )


def services() -> tuple[Manifest, ...]:
    """Return one Service per service, for all its versions; the name of the port marks it as HTTP for the mesh."""
    return tuple(
        {
            **_head("v1", "Service", service, {"app": service, "service": service}),
            "spec": {"selector": {"app": service}, "ports": [{"name": "http", "port": PORT, "targetPort": PORT}]},
        }
        for service in VERSIONS
    )


def deployments(images: Images) -> tuple[Manifest, ...]:
    """Return one Deployment per version."""
    return tuple(_deployment(service, version, images) for service, found in VERSIONS.items() for version in found)


def authorization(trust_domain: str, gateway: str) -> tuple[Manifest, ...]:
    """Return the policies that allow the gateway to call productpage, and the services to call each other.

    Args:
        trust_domain: trust domain of the mesh.
        gateway: name of the gateway in the settings.
    """
    visitors = [gateways.principal(gateway, trust_domain)]
    return (
        policy.allow(names.BOOKINFO, "productpage", visitors, [READS, LOGIN]),
        *(
            policy.allow(names.BOOKINFO, service, [_principal(trust_domain, caller) for caller in callers], [READS])
            for service, callers in CALLERS.items()
        ),
    )


def _principal(trust_domain: str, service: str) -> str:
    return names.principal(trust_domain, names.BOOKINFO, service_account(service))


def _deployment(service: str, version: str, images: Images) -> Manifest:
    labels = {"app": service, "version": version}
    return {
        **_head("apps/v1", "Deployment", f"{service}-{version}", labels),
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": _pod(service, version, images)},
        },
    }


def _pod(service: str, version: str, images: Images) -> dict[str, Any]:
    volumes = {_volume(path): path for path in WORKLOADS[service].writable}
    return {
        "serviceAccountName": service_account(service),
        "automountServiceAccountToken": False,
        "nodeSelector": nodes.APPS_SELECTOR,
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [_container(service, version, images, volumes)],
        "volumes": [{"name": name, "emptyDir": {}} for name in volumes],
    }


def _container(service: str, version: str, images: Images, volumes: dict[str, str]) -> dict[str, Any]:
    workload = WORKLOADS[service]
    return {
        "name": service,
        "image": f"{images.bookinfo}/examples-bookinfo-{service}-{version}:{versions.BOOKINFO}",
        "env": [{"name": key, "value": value} for key, value in workload.environment],
        "ports": [{"name": "http", "containerPort": PORT}],
        "readinessProbe": {"httpGet": {"path": HEALTH_PATH, "port": PORT}, "periodSeconds": 5},
        "resources": {"requests": {"cpu": workload.cpu, "memory": workload.memory}},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        "volumeMounts": [{"name": name, "mountPath": path} for name, path in volumes.items()],
    }


def _volume(path: str) -> str:
    return path.strip("/").replace("/", "-")


def _head(api_version: str, kind: str, name: str, labels: dict[str, str]) -> Manifest:
    metadata: dict[str, Any] = {"name": name, "namespace": names.BOOKINFO}
    return {"apiVersion": api_version, "kind": kind, "metadata": {**metadata, **({"labels": labels} if labels else {})}}
