"""Disruption budgets that block every drain. Those of gateways are told by ``gateway_rules``."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from design import charts, gateways, helm_values, shape, sizing
from design.problems import Problem
from design.rules.registry import Context, rule


@rule
def istiod_budget(context: Context) -> Iterable[Problem]:
    """Of istiod's least number of pods one may leave."""
    mesh = context.settings.mesh
    values = _without_legacy_scope(mesh.values.istiod)
    scaled = values.get("autoscaleEnabled", not sizing.istiod(mesh.size).scale.fixed)
    least = values.get("autoscaleMin" if scaled else "replicaCount") or sizing.istiod(mesh.size).scale.min_replicas
    minimum = _budget(values, "pdb").get("minAvailable")
    # The chart renders no budget for a single pod.
    if isinstance(least, int) and least > 1 and _blocks(minimum, least):
        yield Problem(
            key="mesh.values.istiod.pdb.minAvailable",
            value=minimum,
            reason=f"is not below the {least} pods there may be: no pod could be evicted, and no node drained.",
            remedy=f"Write {least - 1} or less.",
        )


@rule
def istiod_pods_below_budget(context: Context) -> Iterable[Problem]:
    """Fewer pods than the size plans do not meet the size's budget."""
    mesh = context.settings.mesh
    values = _without_legacy_scope(mesh.values.istiod)
    least, planned = values.get("autoscaleMin"), sizing.istiod(mesh.size).scale.min_available
    own = _budget(values, "pdb")
    if isinstance(least, int) and 1 < least <= planned and not own:
        yield Problem(
            key="mesh.values.istiod.autoscaleMin",
            value=least,
            reason=f"is not above the {planned} pods that the disruption budget of size {mesh.size} keeps: no node "
            "could be drained.",
            remedy=f"Write {planned + 1} or more, or pdb.minAvailable {least - 1}.",
        )


@rule
def nothing_unavailable(context: Context) -> Iterable[Problem]:
    """A budget of no disruption is a lock."""
    settings = context.settings
    controller = settings.cluster.load_balancer_controller.values
    budgets = {
        "mesh.values.istiod.pdb": _budget(_without_legacy_scope(settings.mesh.values.istiod), "pdb"),
        "cluster.loadBalancerController.values.podDisruptionBudget": _budget(controller, "podDisruptionBudget"),
    }
    for key, budget in budgets.items():
        allowed = budget.get("maxUnavailable")
        if allowed in (0, "0", "0%"):
            yield Problem(
                key=f"{key}.maxUnavailable",
                value=allowed,
                reason="lets no pod be evicted: no node could be drained.",
                remedy="Write 1 or more.",
            )


@rule
def budgets(context: Context) -> Iterable[Problem]:
    """A budget is a number or a percentage."""
    settings = context.settings
    found = {
        ("mesh", "values", "istiod", "pdb"): _budget(_without_legacy_scope(settings.mesh.values.istiod), "pdb"),
        ("cluster", "loadBalancerController", "values", "podDisruptionBudget"): _budget(
            settings.cluster.load_balancer_controller.values, "podDisruptionBudget"
        ),
        **{
            ("gateways", name, "values", "podDisruptionBudget"): _budget(gateway.values, "podDisruptionBudget")
            for name, gateway in settings.gateways.items()
        },
    }
    for path, budget in found.items():
        for name in ("minAvailable", "maxUnavailable"):
            value = budget.get(name)
            if value is not None and not _is_budget(value):
                yield Problem(
                    key=shape.path((*path, name)),
                    value=value,
                    reason="is neither a number nor a percentage: Kubernetes refuses the disruption budget.",
                    remedy="Write a number without quotes, or a percentage, as in 50%.",
                )


@rule
def one_budget(context: Context) -> Iterable[Problem]:
    """A gateway's chart writes down both numbers of a budget; istiod's takes maxUnavailable alone."""
    mesh = context.settings.mesh
    for name, gateway in context.settings.gateways.items():
        merged = charts.gateway(gateways.plan(name, gateway, mesh.size), mesh, gateway.values).values
        budget = _budget(merged, "podDisruptionBudget")
        kept, allowed = budget.get("minAvailable"), budget.get("maxUnavailable")
        if kept is not None and allowed is not None:
            yield Problem(
                key=shape.path(("gateways", name, "values", "podDisruptionBudget", "maxUnavailable")),
                value=allowed,
                reason=f"stands beside minAvailable {kept}: Kubernetes takes one of the two.",
                remedy="Write minAvailable: null beside it, or remove it.",
            )


def _is_budget(value: object) -> bool:
    """As Kubernetes takes it: a text is a percentage."""
    if isinstance(value, str):
        return bool(re.fullmatch(r"([0-9]{1,2}|100)%", value))
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _blocks(minimum: object, pods: int) -> bool:
    if isinstance(minimum, str) and minimum.removesuffix("%").isdigit():
        percent = minimum.endswith("%")
        minimum = int(minimum.removesuffix("%")) * (pods if percent else 1) // (100 if percent else 1)
    return isinstance(minimum, int) and minimum >= pods


def _budget(values: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    budget = values.get(key)
    return budget if isinstance(budget, Mapping) else {}


def _without_legacy_scope(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The chart still merges ``pilot.*`` over its root."""
    legacy = values.get("pilot")
    return helm_values.merge(values, legacy) if isinstance(legacy, Mapping) else values
