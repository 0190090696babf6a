"""Rules about escape hatches: what none may say, and budgets and replicas that go together."""

import pytest

from components.stack.rules import RULES
from tests.support.unit.rule_case import Case, check, context


def public(**keys: object) -> dict[str, object]:
    return {"gateways": {"public": keys}}


def controller_budget(**budget: object) -> dict[str, object]:
    return {"cluster": {"loadBalancerController": {"values": {"podDisruptionBudget": budget}}}}


def coredns(**configuration: object) -> dict[str, object]:
    return {"cluster": {"addons": {"coredns": {"configuration": configuration}}}}


def medium(**keys: object) -> dict[str, object]:
    return {**public(**keys), "mesh": {"size": "medium"}}


CASES = [
    *(
        Case(
            rule="overrides.blocked_gateway_drains",
            changes=medium(values=values),
            key="gateways.public.values.podDisruptionBudget",
            says=f"is not below the minimum number of pods, {pods}:",
        )
        for values, pods in (
            ({"podDisruptionBudget": {"minAvailable": 3}}, 3),
            ({"podDisruptionBudget": {"minAvailable": "67%"}}, 3),
            ({"podDisruptionBudget": {"maxUnavailable": 0}}, 3),
            ({"autoscaling": {"minReplicas": 2}}, 2),
        )
    ),
    Case(
        rule="overrides.blocked_drains",
        changes={"mesh": {"size": "medium", "values": {"istiod": {"pdb": {"minAvailable": 3}}}}},
        key="mesh.values.istiod.pdb.minAvailable",
        says="not below the minimum number of pods, 3:",
        write="Use 2 or less",
    ),
    Case(
        rule="overrides.blocked_drains",
        changes={
            "mesh": {
                "values": {
                    "istiod": {"pilot": {"autoscaleEnabled": True, "autoscaleMin": 2, "pdb": {"minAvailable": "100%"}}}
                }
            }
        },
        key="mesh.values.istiod.pdb.minAvailable",
        says="not below the minimum number of pods, 2:",
    ),
    Case(
        rule="overrides.blocked_drains",
        changes={"mesh": {"values": {"istiod": {"replicaCount": 2, "pdb": {"minAvailable": 2}}}}},
        key="mesh.values.istiod.pdb.minAvailable",
        says="not below the minimum number of pods, 2:",
    ),
    Case(
        rule="overrides.blocked_drains",
        changes={
            "mesh": {
                "size": "medium",
                "values": {"istiod": {"pdb": {"minAvailable": 1}, "pilot": {"pdb": {"minAvailable": 3}}}},
            }
        },
        key="mesh.values.istiod.pdb.minAvailable",
        says="not below the minimum number of pods, 3:",
    ),
    Case(
        rule="overrides.istiod_pods_below_budget",
        changes={"mesh": {"size": "medium", "values": {"istiod": {"autoscaleMin": 2}}}},
        key="mesh.values.istiod.autoscaleMin",
        says="no node could be drained",
        write="Use 3 or more",
    ),
    Case(
        rule="overrides.blocked_drains",
        changes={"mesh": {"size": "medium", "values": {"istiod": {"pdb": {"maxUnavailable": 0}}}}},
        key="mesh.values.istiod.pdb.maxUnavailable",
        says="allows no pod to be evicted",
        write="1 or more",
    ),
    Case(
        rule="overrides.blocked_drains",
        changes={"mesh": {"size": "medium", "values": {"istiod": {"pdb": {"minAvailable": "67%"}}}}},
        key="mesh.values.istiod.pdb.minAvailable",
        says="not below the minimum number of pods, 3:",
        write="Use 2 or less",
    ),
    *(
        Case(
            rule="overrides.blocked_drains",
            changes=controller_budget(**budget),
            key=f"cluster.loadBalancerController.values.podDisruptionBudget.{key}",
            says=says,
        )
        for budget, key, says in (
            ({"maxUnavailable": None, "minAvailable": 2}, "minAvailable", "not below the minimum number of pods, 2:"),
            (
                {"maxUnavailable": None, "minAvailable": "51%"},
                "minAvailable",
                "not below the minimum number of pods, 2:",
            ),
            ({"maxUnavailable": "0%"}, "maxUnavailable", "allows no pod to be evicted"),
        )
    ),
    *(
        Case(
            rule="overrides.blocked_drains",
            changes=coredns(podDisruptionBudget=budget),
            key=f"cluster.addons.coredns.configuration.podDisruptionBudget.{key}",
            says=says,
        )
        for budget, key, says in (
            ({"maxUnavailable": 0}, "maxUnavailable", "allows no pod to be evicted"),
            ({"minAvailable": "100%"}, "minAvailable", "not below the minimum number of pods, 2:"),
        )
    ),
    Case(
        rule="overrides.budgets",
        changes=public(values={"podDisruptionBudget": {"minAvailable": "two"}}),
        key="gateways.public.values.podDisruptionBudget.minAvailable",
        says="is neither a number nor a percentage",
        write="without quotes",
    ),
    *(
        Case(
            rule="overrides.budgets",
            changes=public(values={"podDisruptionBudget": {"maxUnavailable": value}}),
            key="gateways.public.values.podDisruptionBudget.maxUnavailable",
            says="is neither",
        )
        for value in ("2", "101%", True, 1.5, -1, [1])
    ),
    Case(
        rule="overrides.one_budget",
        changes={**public(values={"podDisruptionBudget": {"maxUnavailable": 1}}), "mesh": {"size": "medium"}},
        key="gateways.public.values.podDisruptionBudget.maxUnavailable",
        says="is set together with minAvailable 2",
        write="minAvailable: null",
    ),
    Case(
        rule="overrides.one_budget",
        changes=controller_budget(minAvailable=1),
        key="cluster.loadBalancerController.values.podDisruptionBudget.minAvailable",
        says="is set together with maxUnavailable 1",
        write="maxUnavailable: null",
    ),
    Case(
        rule="overrides.budgets",
        changes={"mesh": {"values": {"istiod": {"pdb": {"minAvailable": "some"}}}}},
        key="mesh.values.istiod.pdb.minAvailable",
        says="is neither",
    ),
    Case(
        rule="overrides.budgets",
        changes={
            "cluster": {"loadBalancerController": {"values": {"podDisruptionBudget": {"maxUnavailable": "some"}}}}
        },
        key="cluster.loadBalancerController.values.podDisruptionBudget.maxUnavailable",
        says="is neither",
    ),
    Case(
        rule="overrides.unread_replicas",
        changes={"mesh": {"values": {"istiod": {"autoscaleMin": 2}}}},
        key="mesh.values.istiod.autoscaleMin",
        says="has no effect: at mesh.size small istiod has no autoscaler",
        write="replicaCount",
    ),
    Case(
        rule="overrides.unread_replicas",
        changes={"mesh": {"values": {"istiod": {"pilot": {"autoscaleMax": 2}}}}},
        key="mesh.values.istiod.pilot.autoscaleMax",
        says="has no effect",
    ),
    Case(
        rule="overrides.unread_replicas",
        changes={"mesh": {"size": "medium", "values": {"istiod": {"autoscaleEnabled": False, "autoscaleMin": 2}}}},
        key="mesh.values.istiod.autoscaleMin",
        says="has no effect: istiod has no autoscaler",
    ),
    Case(
        rule="overrides.unread_replicas",
        changes={"mesh": {"size": "medium", "values": {"istiod": {"replicaCount": 2}}}},
        key="mesh.values.istiod.replicaCount",
        says="has no effect: an autoscaler scales istiod",
        write="autoscaleMin",
    ),
    Case(
        rule="overrides.unread_replicas",
        changes=public(values={"replicaCount": 2}),
        key="gateways.public.values.replicaCount",
        says="has no effect: the autoscaler scales the gateway",
        write="replicas",
    ),
    Case(
        rule="overrides.retired_hubs",
        changes={"images": {"bookinfo": "gcr.io/istio-release"}},
        key="images.bookinfo",
        says="retired registry",
        write="docker.io/istio",
    ),
    Case(
        rule="overrides.values",
        changes={"mesh": {"values": {"istiod": {"sharding": {"strategy": "isolation"}}}}},
        key="mesh.values.istiod.sharding",
        says="is not a value of any Istio chart",
        write="Remove it",
    ),
    Case(
        rule="overrides.replaced_maps",
        changes={"mesh": {"values": {"istiod": {"cni": None}}}},
        key="mesh.values.istiod.cni",
        says="is null",
        write="Write a map",
    ),
    Case(
        rule="overrides.blocked_gateway_drains",
        changes=public(replicas={"min": 2, "max": 4}, values={"podDisruptionBudget": {"minAvailable": 2}}),
        key="gateways.public.values.podDisruptionBudget",
        says="is not below the minimum number of pods, 2:",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_rule_tells_it(case: Case) -> None:
    check(case)


READ = [
    {"mesh": {"values": {"istiod": {"replicaCount": 2}}}},
    {"mesh": {"values": {"istiod": {"autoscaleEnabled": True, "autoscaleMin": 2, "autoscaleMax": 3}}}},
    {"mesh": {"size": "medium", "values": {"istiod": {"autoscaleMin": 4}}}},
    {"mesh": {"size": "medium", "values": {"istiod": {"autoscaleEnabled": False, "replicaCount": 3}}}},
    public(values={"autoscaling": {"enabled": False}, "replicaCount": 2}),
    public(values={"podDisruptionBudget": {"minAvailable": None, "maxUnavailable": "50%"}}),
    public(values={"podDisruptionBudget": {"minAvailable": 0}}),
    {
        **public(values={"podDisruptionBudget": {"minAvailable": None, "maxUnavailable": 1}}),
        "mesh": {"size": "medium"},
    },
]


@pytest.mark.parametrize("changes", READ)
@pytest.mark.parametrize("rule", ["overrides.budgets", "overrides.one_budget", "overrides.unread_replicas"])
def test_numbers_that_are_read_are_left_alone(rule: str, changes: dict[str, object]) -> None:
    assert list(RULES[rule].check(context(changes))) == []


def test_a_budget_of_a_single_unscaled_istiod_holds_nothing_up() -> None:
    changes = {"mesh": {"values": {"istiod": {"pdb": {"minAvailable": 1}}}}}
    assert list(RULES["overrides.blocked_drains"].check(context(changes))) == []


@pytest.mark.parametrize(
    "changes",
    [
        {},
        controller_budget(maxUnavailable=None, minAvailable="50%"),
        {"cluster": {"loadBalancerController": {"values": {"replicaCount": 1}}}},
        coredns(podDisruptionBudget={"minAvailable": 1}),
        coredns(podDisruptionBudget={"enabled": False, "maxUnavailable": 0}),
        # Told by other rules, where they stand.
        coredns(podDisruptionBudget={"maxUnavailable": 0}, autoScaling={"minReplicas": "many"}),
        controller_budget(maxUnavailable=None, minAvailable="two"),
        {"mesh": {"size": "medium", "values": {"istiod": {"autoscaleMin": "many", "pdb": {"minAvailable": 3}}}}},
        {"mesh": {"size": "medium", "values": {"istiod": {"pdb": {"minAvailable": "66%"}}}}},
    ],
)
def test_a_budget_that_lets_a_pod_go_is_left_alone(changes: dict[str, object]) -> None:
    assert list(RULES["overrides.blocked_drains"].check(context(changes))) == []


@pytest.mark.parametrize(
    "changes",
    [
        medium(replicas={"min": 1, "max": 2}, values={"podDisruptionBudget": {"minAvailable": 1}}),
        medium(values={"podDisruptionBudget": {"minAvailable": 2}}),
        medium(values={"podDisruptionBudget": {"minAvailable": "66%"}}),
        medium(values={"podDisruptionBudget": {"maxUnavailable": 1}}),
        medium(values={"podDisruptionBudget": {"maxUnavailable": "1%"}}),
    ],
)
def test_a_budget_of_a_gateway_that_lets_a_pod_go_is_left_alone(changes: dict[str, object]) -> None:
    assert list(RULES["overrides.blocked_gateway_drains"].check(context(changes))) == []
