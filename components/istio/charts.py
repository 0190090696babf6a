"""Istio's Helm releases: name, chart, version, values and patience of each.

What a value does was read from Istio's charts at 1.31 and seen in their render.
"""

from .. import settings
from ..charts.plan import Release, of_istio
from ..charts.values import Values
from ..settings import names, versions
from . import istiod_values, sizing, system_pods

# Agents of istio-cni are replaced on a tenth of the nodes at a time: some ten rounds of up to two minutes.
CNI_TIMEOUT_SECONDS = 1200


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
    """istio-cni: one agent on every node, for every revision; the chart's own tolerations admit every taint."""
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
    """The control plane of one version, under a name that no other version has."""
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
    """Every control plane: of the version that the tag names, then of the canary."""
    installed = [mesh.version, mesh.canary_version] if mesh.canary_version else [mesh.version]
    return tuple(istiod(mesh, images, version) for version in installed)
