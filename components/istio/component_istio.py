"""Istio's control plane."""

from dataclasses import dataclass

import pulumi

from .. import settings
from ..charts import component as helm
from ..kubernetes import component as manifests
from ..settings import names
from ..settings.problems import report
from . import charts, revision_tag, upgrade


@dataclass(frozen=True, kw_only=True)
class IstioArgs:
    """Arguments of Istio; the options must depend on the namespaces and on the Secret ``cacerts``."""

    mesh: settings.Mesh
    """``mesh`` of the settings."""
    images: settings.Images
    """Registries of the images."""
    previous: pulumi.Input[str | None] = None
    """Output ``istioVersion`` of the last ``up``; a version that still has proxies is not removed."""


class Istio(pulumi.ComponentResource):
    """CRDs, istio-cni, one istiod per version, and the tag that names one of them.

    Uses ``istio.charts`` (releases and values), ``istio.revision_tag`` (the injection webhook of the tag) and
    ``istio.upgrade``. Has no outputs: workloads of the mesh depend on the component.
    """

    def __init__(self, name: str, args: IstioArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        mesh, images = args.mesh, args.images
        revision = names.revision(mesh.version)
        inputs = {"version": mesh.version, "canaryVersion": mesh.canary_version, "tag": mesh.tag, "size": mesh.size}
        super().__init__("istio-eks:istio:Istio", name, inputs, opts)

        # Fails the program, and with it the `up`, before anything is deleted.
        pulumi.Output.from_input(args.previous).apply(lambda version: _refuse_skipped(version, mesh))
        base = helm.release(f"{name}-base", charts.base(mesh), pulumi.ResourceOptions(parent=self))
        cni = helm.release(
            f"{name}-cni", charts.cni(mesh, images), pulumi.ResourceOptions(parent=self, depends_on=[base])
        )
        control_planes = [
            helm.release(f"{name}-{plan.name}", plan, pulumi.ResourceOptions(parent=self, depends_on=[base, cni]))
            for plan in charts.istiods(mesh, images)
        ]
        manifests.apply(
            f"{name}-tag",
            revision_tag.webhook(mesh.tag, revision),
            # If the tag named an istiod that does not run yet, every new pod of the mesh would be rejected.
            pulumi.ResourceOptions(parent=self, depends_on=control_planes),
        )
        self.register_outputs({})


def _refuse_skipped(previous: str | None, mesh: settings.Mesh) -> None:
    problems = upgrade.skipped(previous, mesh)
    if problems:
        raise pulumi.RunError(report("The step from the last `up`", problems, "no istiod was removed"))
