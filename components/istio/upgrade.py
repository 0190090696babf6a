"""Check of Istio upgrades: no step may remove an istiod that running proxies still use."""

from ..settings import Mesh
from ..settings.problems import Problem


def skipped(previous: str | None, mesh: Mesh) -> list[Problem]:
    """Return what is wrong with the step from ``previous`` to ``mesh``; nothing before the first ``up``.

    Args:
        previous: the stack's output ``istioVersion`` of the last ``up``. Every version has its own istiod, which the
            proxies that it injected use until their pods are restarted.
        mesh: ``mesh`` of the settings.
    """
    if not previous or previous in (mesh.version, mesh.canary_version):
        return []
    return [
        Problem(
            key="mesh.version",
            value=mesh.version,
            reason=f"removes the istiod of {previous}: running proxies would get no route changes, and no new "
            "certificate when theirs expires, within a day.",
            remedy=f'Set version to "{previous}" and canaryVersion to "{mesh.version}", and run `up`; swap the two and '
            "run `up` again; restart the workloads; then remove canaryVersion.",
        )
    ]
