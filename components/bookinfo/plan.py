"""The sample application: its workloads and who may call them. Routes are in ``bookinfo.routing``."""

from dataclasses import dataclass
from typing import Any

from ..cluster import nodes
from ..gateways import objects as gateways
from ..istio import policy
from ..kubernetes.namespace import Manifest
from ..settings import Images, Namespace, names, versions
from .routing import PORT, VERSIONS

NAMESPACE = Namespace(name=names.BOOKINFO)
# Served by every service for probes; istiod's injector sends the kubelet's probe through the sidecar.
HEALTH_PATH = "/health"
READS = {"ports": [str(PORT)], "methods": ["GET"]}
LOGIN = {"ports": [str(PORT)], "methods": ["POST"], "paths": ["/login"]}
# Callers inside, as the sources call: productpage asks ratings only for /api/v1/products/<id>/ratings.
CALLERS = {
    "details": ("productpage",),
    "reviews": ("productpage",),
    "ratings": ("productpage", "reviews"),
}


@dataclass(frozen=True, kw_only=True)
class Workload:
    """How a service runs.

    cpu, memory: requests; upstream names none. productpage forks eight workers, reviews is a Java server.
    writable: paths that get an emptyDir, because the image's user may not write elsewhere.
    """

    cpu: str
    memory: str
    writable: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()


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
    """Own one a service: authorization tells callers apart by it."""
    return f"bookinfo-{service}"


def service_accounts() -> tuple[Manifest, ...]:
    """No token: none of them calls the Kubernetes API, and the sidecar brings its own."""
    return tuple(
        {**_head("v1", "ServiceAccount", service_account(service), {}), "automountServiceAccountToken": False}
        for service in VERSIONS
    )


def services() -> tuple[Manifest, ...]:
    """One a service over all its versions; the port's name tells the mesh that it is HTTP."""
    return tuple(
        {
            **_head("v1", "Service", service, {"app": service, "service": service}),
            "spec": {"selector": {"app": service}, "ports": [{"name": "http", "port": PORT, "targetPort": PORT}]},
        }
        for service in VERSIONS
    )


def deployments(images: Images) -> tuple[Manifest, ...]:
    """One a version."""
    return tuple(_deployment(service, version, images) for service, found in VERSIONS.items() for version in found)


def authorization(trust_domain: str, gateway: str) -> tuple[Manifest, ...]:
    """What the namespace's deny leaves open: the gateway to productpage, and the services to each other.

    gateway: its name in the settings.
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
