"""The Helm release of a gateway."""

from ..charts import plan as charts
from ..charts.values import Values, merge
from ..settings import Mesh, names
from . import values as gateway_values
from .plan import GatewayPlan

# Seconds: of the release, and of each wave of an upgrade on top: pull, start, registration and health at the NLB.
TIMEOUT = 300
WAVE_TIMEOUT = 240


def gateway(plan: GatewayPlan, mesh: Mesh, values: Values) -> charts.Release:
    """The pods of a gateway, their Service and autoscaler; ``values`` are those of the gateway's settings."""
    ours = gateway_values.gateway(plan, names.revision(mesh.version))
    timeout = TIMEOUT + plan.sizing.waves * WAVE_TIMEOUT
    return charts.of_istio(plan.workload, "gateway", mesh.version, plan.workload, merge(ours, values), timeout)
