"""The destroy guard needs every other resource: the engine tries its deletion first, and keeps what it needs."""

import copy
from typing import Any

import pytest

from components.stack.component_destroy_guard import DestroyGuard, DestroyGuardArgs
from ops.offline import recorder
from tests.support.days import TODAY
from tests.support.stack_files import ROOT
from tests.support.unit import harness
from tests.support.unit.answers import Answered
from tests.support.unit.recorded import Node, Stack

HIDDEN = {
    "aws:eks/cluster:Cluster::cluster-eksCluster",
    "aws:eks/nodeGroup:NodeGroup::cluster-nodes-apps",
    "aws:eks/nodeGroup:NodeGroup::cluster-nodes-system",
}


def guard(stack: Stack) -> Node:
    return stack.kubernetes("ConfigMap", "destroy-guard", "istio-system")


def unguarded(stack: Stack) -> list[str]:
    """Resources that a destroy would delete all the same; components hold nothing but their children."""
    kept = stack.graph.reachable(guard(stack).urn)
    real = [node for node in stack.nodes if node.resource["custom"] or node.resource["remote"]]
    return sorted(node.urn for node in real if node.urn not in kept | {guard(stack).urn})


def test_nothing_goes_before_the_guard(stack: Stack) -> None:
    assert unguarded(stack) == []


def test_nothing_goes_before_the_guard_with_everything_that_settings_can_add() -> None:
    changes = {
        "istio-eks:namespaces": '[{"name": "shop", "editors": ["arn:aws:iam::111122223333:role/shop"]}]',
        "istio-eks:bookinfo": '{"enabled": true}',
    }
    assert unguarded(harness.preview("dev", changes)) == []


@pytest.mark.parametrize("forgotten", ["namespace-shop", "network", "cluster-access"])
def test_a_forgotten_component_is_noticed(prod: Stack, forgotten: str) -> None:
    """Negative control: what only the guard needs, and the guard no longer names."""
    cut: dict[str, Any] = copy.deepcopy(dict(prod.document))
    inside = prod.graph.within(prod.component(forgotten).urn)
    for resource in cut["resources"]:
        if resource["urn"] not in inside:
            resource["dependencies"] = [urn for urn in resource["dependencies"] if urn not in inside]
    assert set(unguarded(Stack(cut))) & inside


def named_by_the_guard(stack: str) -> set[str]:
    config = harness.owned(stack)
    made = recorder.record(ROOT, stack, config, today=TODAY, answers=Answered()).requests
    (found,) = (request for urn, request in made.items() if urn.endswith("ConfigMap::destroy-guard"))
    return {urn.split("::", 2)[2] for urn in found.dependencies}


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_it_names_what_remote_components_make_inside(stack: str) -> None:
    """Nobody else does; the engine keeps a remote component's children only for who names them."""
    assert named_by_the_guard(stack) >= HIDDEN


@pytest.mark.parametrize("protect", [True, False])
def test_it_is_always_there_and_refuses_when_the_stack_is_protected(protect: bool) -> None:
    """Dropped instead, it would fail the `up` that lifts the protection."""
    args = DestroyGuardArgs(protect=protect, namespace="istio-system", remote=[])
    found = guard(harness.component(lambda: DestroyGuard("destroy-guard", args)))
    assert found.options["protect"] is protect
    assert found.inputs["data"]["protected"] == str(protect).lower()
