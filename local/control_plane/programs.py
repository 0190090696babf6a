"""How each program of the control plane is started: as EKS runs it where it matters, else light and quick."""

from collections.abc import Callable
from pathlib import Path

from local.control_plane.files import Files
from local.control_plane.network import API_PORT, ETCD_PEER_PORT, ETCD_PORT, POD_RANGE, PROXY_HEALTH_PORT, SERVICE_RANGE
from local.tools import tools

ETCD, API_SERVER, CONTROLLERS, SCHEDULER, PROXY = (
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kube-proxy",
)
# What the others need is started first.
ORDER = (ETCD, API_SERVER, CONTROLLERS, SCHEDULER, PROXY)

ISSUER = "https://kubernetes.default.svc"
# By name, so that what has nothing to do here costs nothing: no volumes, no cloud. Without node-lifecycle-controller
# nobody waits for leases of kubelets that are not there.
CONTROLLER_NAMES = (
    "clusterrole-aggregation-controller",
    "cronjob-controller",
    "daemonset-controller",
    "deployment-controller",
    "disruption-controller",
    "endpointslice-controller",
    "endpointslice-mirroring-controller",
    "garbage-collector-controller",
    "horizontal-pod-autoscaler-controller",
    "job-controller",
    "namespace-controller",
    "pod-garbage-collector-controller",
    "replicaset-controller",
    "resourcequota-controller",
    "root-ca-certificate-publisher-controller",
    "serviceaccount-controller",
    "serviceaccount-token-controller",
    "statefulset-controller",
    "ttl-after-finished-controller",
)


def command(program: str, files: Files, folder: Path, address: str) -> list[str]:
    """Return the arguments with the program in front; ``folder`` is for its data."""
    arguments = _ARGUMENTS[program](files, folder, address)
    return [str(tools.path(program)), *(f"--{name}={value}" for name, value in arguments.items())]


def _etcd(files: Files, folder: Path, address: str) -> dict[str, str]:
    client, peer = f"http://127.0.0.1:{ETCD_PORT}", f"http://127.0.0.1:{ETCD_PEER_PORT}"
    return {
        "data-dir": str(folder / "etcd"),
        "listen-client-urls": client,
        "advertise-client-urls": client,
        "listen-peer-urls": peer,
        "initial-advertise-peer-urls": peer,
        "initial-cluster": f"default={peer}",
        # Nothing has to outlive the machine.
        "unsafe-no-fsync": "true",
        "log-level": "warn",
    }


def _api_server(files: Files, folder: Path, address: str) -> dict[str, str]:
    return {
        "etcd-servers": f"http://127.0.0.1:{ETCD_PORT}",
        "secure-port": str(API_PORT),
        "advertise-address": address,
        "tls-cert-file": str(files.server.certificate),
        "tls-private-key-file": str(files.server.key),
        "client-ca-file": str(files.authority),
        "service-account-issuer": ISSUER,
        "service-account-key-file": str(files.tokens.certificate),
        "service-account-signing-key-file": str(files.tokens.key),
        # As in EKS: what is made for another audience, such as a sidecar's token for istiod, opens nothing here.
        "api-audiences": ISSUER,
        "authorization-mode": "RBAC",
        # As in EKS: who may run such pods is for Pod Security to say.
        "allow-privileged": "true",
        "service-cluster-ip-range": SERVICE_RANGE,
        # Webhooks of Services are reached at their pods, as from a control plane outside of the cluster's network.
        "enable-aggregator-routing": "true",
        "profiling": "false",
    }


def _controllers(files: Files, folder: Path, address: str) -> dict[str, str]:
    return {
        **_client(files, CONTROLLERS),
        "controllers": ",".join(CONTROLLER_NAMES),
        "use-service-account-credentials": "true",
        "service-account-private-key-file": str(files.tokens.key),
        "root-ca-file": str(files.authority),
        "horizontal-pod-autoscaler-sync-period": "2s",
    }


def _scheduler(files: Files, folder: Path, address: str) -> dict[str, str]:
    return _client(files, SCHEDULER)


def _proxy(files: Files, folder: Path, address: str) -> dict[str, str]:
    return {
        "kubeconfig": str(files.kubeconfigs[PROXY]),
        "hostname-override": "local",
        "bind-address": address,
        "proxy-mode": "nftables",
        "cluster-cidr": POD_RANGE,
        "healthz-bind-address": f"127.0.0.1:{PROXY_HEALTH_PORT}",
        "metrics-bind-address": "",
        # Settings of the whole kernel, not of this network.
        "conntrack-max-per-core": "0",
    }


def _client(files: Files, program: str) -> dict[str, str]:
    """Return flags of a single client: no leader election, no serving; high limits for when a stack comes up."""
    return {
        "kubeconfig": str(files.kubeconfigs[program]),
        "leader-elect": "false",
        "secure-port": "0",
        "kube-api-qps": "200",
        "kube-api-burst": "400",
        "profiling": "false",
    }


_ARGUMENTS: dict[str, Callable[[Files, Path, str], dict[str, str]]] = {
    ETCD: _etcd,
    API_SERVER: _api_server,
    CONTROLLERS: _controllers,
    SCHEDULER: _scheduler,
    PROXY: _proxy,
}
