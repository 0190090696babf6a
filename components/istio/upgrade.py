"""Which step from the last applied Istio version to the next one leaves no running proxy alone."""

from ..settings import Mesh
from ..settings.problems import Problem


def skipped(previous: str | None, mesh: Mesh) -> list[Problem]:
    """What is wrong with going from ``previous`` to ``mesh`` at once; nothing before the first ``up``.

    previous: the stack's output ``istioVersion`` as the last ``up`` left it. Every version is an istiod of its own,
    which the proxies that it injected talk to until their pods are restarted.
    """
    if not previous or previous in (mesh.version, mesh.canary_version):
        return []
    return [
        Problem(
            key="mesh.version",
            value=mesh.version,
            reason=f"removes the istiod of {previous}: proxies that run would get no routes, and no certificate after "
            "a day.",
            remedy=f'Write version: "{previous}" and canaryVersion: "{mesh.version}", `up`; swap the two, `up`; '
            "restart the workloads; then remove canaryVersion.",
        )
    ]
