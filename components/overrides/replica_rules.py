"""Rules for replica counts that have no effect, because an autoscaler decides or because there is none."""

from collections.abc import Iterable, Iterator

from ..charts import located
from ..charts.located import Located
from ..gateways import chart as gateway_chart
from ..istio import charts
from ..settings import validation
from ..settings.problems import Problem
from ..settings.registry import Context, rule


@rule("mesh")
def unread_replicas(context: Context) -> Iterable[Problem]:
    """Check that every replica count has an effect."""
    yield from _istiod(context)
    for name, release in gateway_chart.releases(context.settings.gateways, context.settings.mesh).items():
        scale = release.located.inside("autoscaling")
        if scale.get("enabled", True) and release.overrides.get("replicaCount") is not None:
            yield Problem(
                key=validation.path((*release.overrides_path, "replicaCount")),
                value=release.overrides["replicaCount"],
                reason="has no effect: the autoscaler scales the gateway between replicas.min and replicas.max.",
                remedy=f"Set gateways.{name}.replicas instead.",
            )


def _istiod(context: Context) -> Iterator[Problem]:
    mesh = context.settings.mesh
    release = charts.istiod(mesh, context.settings.images, mesh.version)
    written = located.at(release.overrides_path, release.overrides, release.legacy_scope)
    if release.located.get("autoscaleEnabled", True):
        yield from _unread(
            written,
            ("replicaCount",),
            reason="has no effect: an autoscaler scales istiod.",
            remedy="Set autoscaleMin and autoscaleMax instead, or add autoscaleEnabled: false beside it.",
        )
        return
    size = "" if written.has("autoscaleEnabled") else f"at mesh.size {mesh.size} "
    yield from _unread(
        written,
        ("autoscaleMin", "autoscaleMax"),
        reason=f"has no effect: {size}istiod has no autoscaler.",
        remedy="Set replicaCount instead, or add autoscaleEnabled: true beside it.",
    )


def _unread(written: Located, keys: Iterable[str], *, reason: str, remedy: str) -> Iterator[Problem]:
    for key in keys:
        value = written.get(key)
        # Zero pods stop the mesh in any case: the table of refused values has a row for it.
        if value is not None and str(value) != "0":
            yield Problem(key=validation.path(written.path(key)), value=value, reason=reason, remedy=remedy)
