"""Istio's Helm releases: name, chart, version, values and timeout of each.

The effect of each value was read in Istio's charts at 1.31 and checked in their rendered output.
"""

from .. import settings
from ..charts.plan import Release, of_istio
from ..charts.values import Values
from ..settings import names, versions
from . import istiod_values, sizing, system_pods

# istio-cni is replaced on a tenth of the nodes at a time: about ten rounds of up to two minutes.
CNI_TIMEOUT_SECONDS = 1200


def _newest(mesh: settings.Mesh) -> str:
    """Return the newer version, for what both revisions share: newer CRDs and agents also support an older istiod.

    Swapping the two versions changes nothing here.
    """
    both = (mesh.version, mesh.canary_version or mesh.version)
    return max(both, key=versions.numbers)


def base(mesh: settings.Mesh) -> Release:
    """Return the release of the CRDs, and of the webhook that validates objects without a revision.

    The webhook calls the istiod that the tag names. ``defaultRevision`` cannot be the tag itself: the chart would
    derive the name of a Service from it that does not exist.
    """
    return of_istio(
        "istio-base",
        "base",
        _newest(mesh),
        names.ISTIO_SYSTEM,
        {"defaultRevision": names.revision(mesh.version)},
        mesh.values.base,
        overrides_path=("mesh", "values", "base"),
    )


def cni(mesh: settings.Mesh, images: settings.Images) -> Release:
    """Return the release of istio-cni: one agent per node for all revisions; by default it tolerates every taint."""
    version = _newest(mesh)
    defaults: Values = {
        "global": istiod_values.images(images.istio, version),
        "resources": {"requests": sizing.CNI.requests},
        "seccompProfile": system_pods.SECCOMP,
        "updateStrategy": {"rollingUpdate": {"maxUnavailable": "10%"}},
    }
    return of_istio(
        "istio-cni",
        "cni",
        version,
        names.ISTIO_CNI,
        defaults,
        mesh.values.cni,
        overrides_path=("mesh", "values", "cni"),
        legacy_scope="cni",
        timeout_seconds=CNI_TIMEOUT_SECONDS,
    )


def istiod(mesh: settings.Mesh, images: settings.Images, version: str) -> Release:
    """Return the release of one version's control plane; its name contains the version."""
    return of_istio(
        f"istiod-{names.revision(version)}",
        "istiod",
        version,
        names.ISTIO_SYSTEM,
        istiod_values.istiod(mesh, images.istio, version),
        mesh.values.istiod,
        overrides_path=("mesh", "values", "istiod"),
        legacy_scope="pilot",
    )


def istiods(mesh: settings.Mesh, images: settings.Images) -> tuple[Release, ...]:
    """Return the release of every control plane: first the version that the tag names, then the canary."""
    installed = [mesh.version, mesh.canary_version] if mesh.canary_version else [mesh.version]
    return tuple(istiod(mesh, images, version) for version in installed)
