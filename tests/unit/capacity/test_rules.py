"""Rules about room: numbers that can be compared, nodes that hold what is installed, subnets that hold the nodes."""

from typing import Any

import pytest

from components.stack import rules
from tests.support.unit.capacity_settings import PLAIN, addon, gateway, istiod, nodes, refusals, stack
from tests.support.unit.rule_case import Case, check, context

ISTIOD, GATEWAY, COREDNS = "mesh.values.istiod", "gateways.public.values", "cluster.addons.coredns.configuration"

CASES = [
    Case(
        rule="capacity.nodes_hold_the_pods",
        changes={"mesh": {"size": "xlarge"}},
        key="cluster.nodes.system.instanceTypes",
        says="istiod-1-31-1 requests more than one node has",
        write="larger instance type",
    ),
    Case(
        rule="capacity.nodes_hold_the_pods",
        changes={"mesh": {"size": "medium"}},
        key="cluster.nodes.system.min",
        says="would wait for Pending pods",
        write="Use 3 or more",
    ),
    Case(
        rule="capacity.numbers",
        changes={"mesh": {"values": {"istiod": {"pilot": {"resources": {"requests": {"cpu": "lots"}}}}}}},
        key="mesh.values.istiod.pilot.resources.requests.cpu",
        says="is not a Kubernetes quantity",
        write="500m",
    ),
    Case(
        rule="capacity.subnets_hold_the_nodes",
        changes={"cluster": {"nodes": {"apps": {"max": 400}}}},
        key="network.cidr",
        says="16 at a time",
        write="smaller nodes.max",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_rule_tells_it(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("network", [{"cidr": "10.0.0.0/24"}, {"cidr": "10.0.0.1/16"}, {"zones": []}])
def test_what_cannot_be_planned_is_left_to_its_own_rule(network: dict[str, object]) -> None:
    assert rules.problems(context({"network": network}), subjects={"capacity"}) == []


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        (istiod({"resources": {"requests": {"cpu": "lots"}}}), f"{ISTIOD}.resources.requests.cpu"),
        (istiod({"resources": {"requests": {"cpu": "1e999"}}}), f"{ISTIOD}.resources.requests.cpu"),
        (istiod({"resources": {"requests": {"memory": "2GB"}}}), f"{ISTIOD}.resources.requests.memory"),
        (istiod({"pilot": {"resources": {"requests": {"cpu": "x"}}}}), f"{ISTIOD}.pilot.resources.requests.cpu"),
        (istiod({"replicaCount": "two"}), f"{ISTIOD}.replicaCount"),
        (istiod({"replicaCount": "9" * 5000}), f"{ISTIOD}.replicaCount"),
        (istiod({"replicaCount": True}), f"{ISTIOD}.replicaCount"),
        (istiod({"rollingMaxSurge": "half%"}), f"{ISTIOD}.rollingMaxSurge"),
        (
            istiod({"global": {"proxy": {"resources": {"requests": {"cpu": "x"}}}}}),
            f"{ISTIOD}.global.proxy.resources.requests.cpu",
        ),
        (
            {"mesh": {"values": {"cni": {"resources": {"requests": {"cpu": [1]}}}}}},
            "mesh.values.cni.resources.requests.cpu",
        ),
        (gateway({"autoscaling": {"maxReplicas": "many"}}), f"{GATEWAY}.autoscaling.maxReplicas"),
        (gateway({"strategy": {"rollingUpdate": {"maxSurge": "x"}}}), f"{GATEWAY}.strategy.rollingUpdate.maxSurge"),
        (addon("coredns", {"autoScaling": {"minReplicas": "x"}}), f"{COREDNS}.autoScaling.minReplicas"),
        (addon("coredns", {"autoScaling": {"enabled": False}, "replicaCount": "x"}), f"{COREDNS}.replicaCount"),
        (
            {"cluster": {"loadBalancerController": {"values": {"replicaCount": "x"}}}},
            "cluster.loadBalancerController.values.replicaCount",
        ),
    ],
)
def test_what_is_no_quantity_is_refused_where_it_stands(changes: dict[str, Any], key: str) -> None:
    (found,) = refusals(stack(**changes))
    assert found.key == key
    assert " not " in found.reason
    assert "such as" in found.remedy


def test_every_number_that_is_none_is_told() -> None:
    mesh = {"values": {"istiod": {"replicaCount": "two"}, "cni": {"resources": {"requests": {"cpu": "x"}}}}}
    found = refusals(stack(mesh=mesh, **gateway({"autoscaling": {"minReplicas": "few"}})))
    assert [each.key for each in found] == [
        "mesh.values.istiod.replicaCount",
        "mesh.values.cni.resources.requests.cpu",
        "gateways.public.values.autoscaling.minReplicas",
    ]


@pytest.mark.parametrize("values", [{"resources": None}, {"resources": []}, {"global": {"proxy": None}}, {"cpu": 3}])
def test_values_may_have_any_shape(values: dict[str, Any]) -> None:
    assert refusals(stack(mesh={"values": {"istiod": values}})) == []


def test_the_defaults_fit() -> None:
    assert refusals(stack()) == []


def test_too_few_nodes_are_refused() -> None:
    found = refusals(stack(mesh={"size": "medium"}, cluster=nodes(system={"min": 1, "max": 6})))
    assert [each.key for each in found] == ["cluster.nodes.system.min"]
    assert "would wait for Pending pods" in found[0].reason


def test_no_room_for_an_upgrade_is_refused() -> None:
    found = refusals(stack(mesh={"size": "medium"}, cluster=nodes(system={"min": 3, "max": 3})))
    assert [each.key for each in found] == ["cluster.nodes.system.max"]
    assert "a canary istiod" in found[0].reason


def test_nodes_smaller_than_a_pod_are_refused() -> None:
    found = refusals(stack(mesh={"size": "xlarge"}))
    assert [each.key for each in found] == ["cluster.nodes.system.instanceTypes"]
    assert "istiod-1-31-1 requests more than one node has" in found[0].reason


def test_a_subnet_holds_its_share_of_the_nodes() -> None:
    many = nodes(apps={"min": 2, "max": 70})
    found = refusals(stack(cluster=many, network={**PLAIN["network"], "cidr": "10.0.0.0/18"}))
    assert [each.key for each in found] == ["network.cidr"]
    assert "us-east-1a gets 4091 addresses" in found[0].reason
    assert "16 at a time" in found[0].reason
