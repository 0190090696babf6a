"""Rules for PodDisruptionBudgets: none may block the drain of a node."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from ..capacity import pods as pod_requests
from ..charts import values as helm_values
from ..cluster import controller_chart
from ..gateways import chart as gateway_chart
from ..istio import sizing
from ..kubernetes import disruption_budget
from ..kubernetes.quantities import NotANumberError
from ..settings import Addon, validation
from ..settings.problems import Problem
from ..settings.registry import Context, rule


@dataclass(frozen=True, kw_only=True)
class _Budget:
    """A disruption budget that the settings may have changed."""

    key: str
    """Key of the budget in the settings."""
    written: Mapping[str, Any]
    """The budget's values."""
    pods: int
    """Minimum number of pods that the budget covers."""


@rule("cluster", "mesh")
def blocked_drains(context: Context) -> Iterable[Problem]:
    """Check that at least one pod can be evicted at the minimum number of replicas."""
    for budget in (*_istiod(context), *_controller(context), *_coredns(context)):
        kept, allowed = budget.written.get("minAvailable"), budget.written.get("maxUnavailable")
        if disruption_budget.blocks(kept, None, budget.pods):
            yield Problem(
                key=f"{budget.key}.minAvailable",
                value=kept,
                reason=f"is not below the minimum number of pods, {budget.pods}: no pod could be evicted, no node "
                "drained.",
                remedy=f"Use {budget.pods - 1} or less.",
            )
        if disruption_budget.blocks(None, allowed, budget.pods):
            yield Problem(
                key=f"{budget.key}.maxUnavailable",
                value=allowed,
                reason="allows no pod to be evicted: no node could be drained.",
                remedy="Use 1 or more.",
            )


@rule("mesh")
def blocked_gateway_drains(context: Context) -> Iterable[Problem]:
    """Check that a gateway's values leave no disruption budget that blocks every drain of a node."""
    gateways, mesh = context.settings.gateways, context.settings.mesh
    for name, release in gateway_chart.releases(gateways, mesh).items():
        scale = sizing.gateway(mesh.size, gateways[name].replicas).scale
        pods = _section(release.overrides, "autoscaling").get("minReplicas", scale.min_replicas)
        budget = _section(release.overrides, "podDisruptionBudget")
        kept = budget.get("minAvailable", scale.min_available if "maxUnavailable" not in budget else 0)
        # The chart renders no budget for a single pod.
        if isinstance(pods, int) and pods > 1 and disruption_budget.blocks(kept, budget.get("maxUnavailable"), pods):
            yield Problem(
                key=validation.path((*release.overrides_path, "podDisruptionBudget")),
                value=dict(budget) or {"minAvailable": kept},
                reason=f"is not below the minimum number of pods, {pods}: no pod could be evicted, no node drained.",
                remedy=f"Set minAvailable to {pods - 1} or less.",
            )


def _istiod(context: Context) -> Iterable[_Budget]:
    mesh = context.settings.mesh
    values = _without_legacy_scope(mesh.values.istiod)
    scaled = values.get("autoscaleEnabled", not sizing.istiod(mesh.size).scale.fixed)
    least = values.get("autoscaleMin" if scaled else "replicaCount") or sizing.istiod(mesh.size).scale.min_replicas
    # The chart renders no budget for a single pod; neither does the controller's.
    if isinstance(least, int) and least > 1:
        yield _Budget(key="mesh.values.istiod.pdb", written=_section(values, "pdb"), pods=least)


def _controller(context: Context) -> Iterable[_Budget]:
    settings = context.settings.cluster.load_balancer_controller
    release = controller_chart.load_balancer_controller("", "", "", settings)
    with suppress(NotANumberError):
        least = pod_requests.controller(context.settings).rest
        if least > 1:
            key = validation.path((*release.overrides_path, "podDisruptionBudget"))
            yield _Budget(key=key, written=_section(release.values, "podDisruptionBudget"), pods=least)


def _coredns(context: Context) -> Iterable[_Budget]:
    budget = _section(context.settings.cluster.addons.get("coredns", Addon()).configuration, "podDisruptionBudget")
    with suppress(NotANumberError):
        least = pod_requests.coredns(context.settings, context.region).rest
        if budget.get("enabled", True):
            key = "cluster.addons.coredns.configuration.podDisruptionBudget"
            yield _Budget(key=key, written=budget, pods=least)


@rule("mesh")
def istiod_pods_below_budget(context: Context) -> Iterable[Problem]:
    """Check that a smaller number of istiod pods still exceeds the disruption budget of the size."""
    mesh = context.settings.mesh
    values = _without_legacy_scope(mesh.values.istiod)
    least, planned = values.get("autoscaleMin"), sizing.istiod(mesh.size).scale.min_available
    own = _section(values, "pdb")
    if isinstance(least, int) and 1 < least <= planned and not own:
        yield Problem(
            key="mesh.values.istiod.autoscaleMin",
            value=least,
            reason=f"is not above {planned}, the minAvailable of the disruption budget at mesh.size {mesh.size}: no "
            "node could be drained.",
            remedy=f"Use {planned + 1} or more, or set pdb.minAvailable to {least - 1}.",
        )


@rule("cluster", "mesh")
def budgets(context: Context) -> Iterable[Problem]:
    """Check that every budget is a number or a percentage."""
    settings = context.settings
    found = {
        ("mesh", "values", "istiod", "pdb"): _section(_without_legacy_scope(settings.mesh.values.istiod), "pdb"),
        ("cluster", "loadBalancerController", "values", "podDisruptionBudget"): _section(
            settings.cluster.load_balancer_controller.values, "podDisruptionBudget"
        ),
        **{
            ("gateways", name, "values", "podDisruptionBudget"): _section(gateway.values, "podDisruptionBudget")
            for name, gateway in settings.gateways.items()
        },
    }
    for path, budget in found.items():
        for name in ("minAvailable", "maxUnavailable"):
            value = budget.get(name)
            if value is not None and not disruption_budget.is_budget(value):
                yield Problem(
                    key=validation.path((*path, name)),
                    value=value,
                    reason="is neither a number nor a percentage: Kubernetes rejects the PodDisruptionBudget.",
                    remedy="Write a number without quotes, or a percentage such as 50%.",
                )


@rule("cluster", "mesh")
def one_budget(context: Context) -> Iterable[Problem]:
    """Check that a budget has one number: the charts of gateways and controller render both, and istiod's does not."""
    mesh = context.settings.mesh
    for release in gateway_chart.releases(context.settings.gateways, mesh).values():
        budget = _section(release.values, "podDisruptionBudget")
        kept, allowed = budget.get("minAvailable"), budget.get("maxUnavailable")
        if kept is not None and allowed is not None:
            yield Problem(
                key=validation.path((*release.overrides_path, "podDisruptionBudget", "maxUnavailable")),
                value=allowed,
                reason=f"is set together with minAvailable {kept}: Kubernetes accepts only one of the two.",
                remedy="Add minAvailable: null beside it, or remove it.",
            )
    for controller in _controller(context):
        kept, allowed = controller.written.get("minAvailable"), controller.written.get("maxUnavailable")
        if kept is not None and allowed is not None:
            yield Problem(
                key=f"{controller.key}.minAvailable",
                value=kept,
                reason=f"is set together with maxUnavailable {allowed}: Kubernetes accepts only one of the two.",
                remedy="Add maxUnavailable: null beside it, or remove it.",
            )


def _section(values: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    section = values.get(key)
    return section if isinstance(section, Mapping) else {}


def _without_legacy_scope(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Merge ``pilot.*`` over the root, as the chart still does."""
    legacy = values.get("pilot")
    return helm_values.merge(values, legacy) if isinstance(legacy, Mapping) else values
