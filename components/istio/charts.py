"""Helm releases: name, chart, version, values and patience of each.

What a value does was read from Istio's charts at 1.31 and seen in their render.
"""

from dataclasses import dataclass
from typing import Any

from .. import settings
from ..charts.values import Values, merge
from ..cluster import load_balancer_controller as controller_values
from ..gateways import plan as gateways
from ..gateways import values as gateway_values
from ..settings import names, versions
from . import istiod_values, sizing, system_pods

# Seconds. Helm waits until every pod is ready; the first pull of Istio's images alone may take a minute.
TIMEOUT = 600
# Agents of istio-cni are replaced on a tenth of the nodes at a time: some ten rounds of up to two minutes.
CNI_TIMEOUT = 1200
# A gateway's release, and each wave of an upgrade on top: pull, start, registration and health at the NLB.
GATEWAY_TIMEOUT, WAVE_TIMEOUT = 300, 240


@dataclass(frozen=True, kw_only=True)
class Release:
    """One Helm release, as ``helm.release`` installs it; ``timeout`` in seconds."""

    name: str
    chart: str
    repository: str
    version: str
    namespace: str
    values: Values
    timeout: int


def _istio(name: str, chart: str, version: str, namespace: str, values: Values, timeout: int = TIMEOUT) -> Release:
    return Release(
        name=name,
        chart=chart,
        repository=versions.ISTIO_CHARTS,
        version=version,
        namespace=namespace,
        values=values,
        timeout=timeout,
    )


def _newest(mesh: settings.Mesh) -> str:
    """The newer version, for what both revisions share: newer CRDs and agents serve an older istiod as well.

    Swapping the two changes nothing here.
    """
    both = (mesh.version, mesh.canary_version or mesh.version)
    return max(both, key=lambda version: [int(part) for part in version.split(".")])


def base(mesh: settings.Mesh) -> Release:
    """CRDs, and the webhook that checks objects which name no revision: it asks the revision of the tag.

    ``defaultRevision`` cannot be the tag: the chart would make the name of a Service of it that does not exist.
    """
    ours = {"defaultRevision": names.revision(mesh.version)}
    return _istio("istio-base", "base", _newest(mesh), names.ISTIO_SYSTEM, merge(ours, mesh.values.base))


def cni(mesh: settings.Mesh, images: settings.Images) -> Release:
    """istio-cni: one agent on every node, for every revision; the chart's own tolerations admit every taint."""
    version = _newest(mesh)
    ours: Values = {
        "global": istiod_values.images(images.istio, version),
        "resources": {"requests": sizing.CNI.requests},
        "seccompProfile": system_pods.SECCOMP,
        "updateStrategy": {"rollingUpdate": {"maxUnavailable": "10%"}},
    }
    return _istio("istio-cni", "cni", version, names.ISTIO_CNI, merge(ours, mesh.values.cni), CNI_TIMEOUT)


def istiod(mesh: settings.Mesh, images: settings.Images, version: str) -> Release:
    """The control plane of one version, under a name that no other version has."""
    ours = istiod_values.istiod(mesh, images.istio, version)
    name = f"istiod-{names.revision(version)}"
    return _istio(name, "istiod", version, names.ISTIO_SYSTEM, merge(ours, mesh.values.istiod))


def istiods(mesh: settings.Mesh, images: settings.Images) -> tuple[Release, ...]:
    """Every control plane: of the version that the tag names, then of the canary."""
    installed = [mesh.version, mesh.canary_version] if mesh.canary_version else [mesh.version]
    return tuple(istiod(mesh, images, version) for version in installed)


def gateway(plan: gateways.GatewayPlan, mesh: settings.Mesh, values: Values) -> Release:
    """The pods of a gateway, their Service and autoscaler; ``values`` are those of the gateway's settings."""
    ours = gateway_values.gateway(plan, names.revision(mesh.version))
    timeout = GATEWAY_TIMEOUT + plan.sizing.waves * WAVE_TIMEOUT
    return _istio(plan.workload, "gateway", mesh.version, plan.workload, merge(ours, values), timeout)


def load_balancer_controller(
    cluster_name: Any, region: str, vpc_id: Any, controller: settings.LoadBalancerController
) -> Release:
    """The AWS Load Balancer Controller; ``cluster_name`` and ``vpc_id`` may be outputs, they are only put in place."""
    return Release(
        name=names.CONTROLLER_NAME,
        chart=names.CONTROLLER_NAME,
        repository=versions.EKS_CHARTS,
        version=versions.LOAD_BALANCER_CONTROLLER,
        namespace=names.KUBE_SYSTEM,
        values=merge(controller_values.values(cluster_name, region, vpc_id), controller.values),
        timeout=TIMEOUT,
    )
