"""The Helm release of a gateway."""

from collections.abc import Mapping

from ..charts.plan import Release, of_istio
from ..settings import Gateway, Mesh, names
from . import values
from .plan import GatewayPlan, plans

# Timeout of the release, and additional time for each wave of an upgrade: pull, start, registration and health at the
# NLB.
TIMEOUT_SECONDS = 300
WAVE_TIMEOUT_SECONDS = 240


def releases(gateways: Mapping[str, Gateway], mesh: Mesh) -> dict[str, Release]:
    """Return the release of every gateway of the settings, by name."""
    return {name: release(plan) for name, plan in plans(gateways, mesh).items()}


def release(plan: GatewayPlan) -> Release:
    """Return the release of a gateway: its pods, their Service and autoscaler."""
    return of_istio(
        plan.workload,
        "gateway",
        plan.version,
        plan.workload,
        values.gateway(plan, names.revision(plan.version)),
        plan.overrides,
        overrides_path=("gateways", plan.name, "values"),
        timeout_seconds=TIMEOUT_SECONDS + plan.sizing.waves * WAVE_TIMEOUT_SECONDS,
    )
