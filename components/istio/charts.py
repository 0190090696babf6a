"""Istio's Helm releases: name, chart, version, values and patience of each.

What a value does was read from Istio's charts at 1.31 and seen in their render.
"""

from .. import settings
from ..charts.plan import Release, of_istio
from ..charts.values import Values, merge
from ..settings import names, versions
from . import istiod_values, sizing, system_pods

# Seconds: agents of istio-cni are replaced on a tenth of the nodes at a time: some ten rounds of up to two minutes.
CNI_TIMEOUT = 1200


def _newest(mesh: settings.Mesh) -> str:
    """The newer version, for what both revisions share: newer CRDs and agents serve an older istiod as well.

    Swapping the two changes nothing here.
    """
    both = (mesh.version, mesh.canary_version or mesh.version)
    return max(both, key=versions.numbers)


def base(mesh: settings.Mesh) -> Release:
    """CRDs, and the webhook that checks objects which name no revision: it asks the revision of the tag.

    ``defaultRevision`` cannot be the tag: the chart would make the name of a Service of it that does not exist.
    """
    ours = {"defaultRevision": names.revision(mesh.version)}
    return of_istio("istio-base", "base", _newest(mesh), names.ISTIO_SYSTEM, merge(ours, mesh.values.base))


def cni(mesh: settings.Mesh, images: settings.Images) -> Release:
    """istio-cni: one agent on every node, for every revision; the chart's own tolerations admit every taint."""
    version = _newest(mesh)
    ours: Values = {
        "global": istiod_values.images(images.istio, version),
        "resources": {"requests": sizing.CNI.requests},
        "seccompProfile": system_pods.SECCOMP,
        "updateStrategy": {"rollingUpdate": {"maxUnavailable": "10%"}},
    }
    return of_istio("istio-cni", "cni", version, names.ISTIO_CNI, merge(ours, mesh.values.cni), CNI_TIMEOUT)


def istiod(mesh: settings.Mesh, images: settings.Images, version: str) -> Release:
    """The control plane of one version, under a name that no other version has."""
    ours = istiod_values.istiod(mesh, images.istio, version)
    name = f"istiod-{names.revision(version)}"
    return of_istio(name, "istiod", version, names.ISTIO_SYSTEM, merge(ours, mesh.values.istiod))


def istiods(mesh: settings.Mesh, images: settings.Images) -> tuple[Release, ...]:
    """Every control plane: of the version that the tag names, then of the canary."""
    installed = [mesh.version, mesh.canary_version] if mesh.canary_version else [mesh.version]
    return tuple(istiod(mesh, images, version) for version in installed)
