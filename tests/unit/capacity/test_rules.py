"""Nodes that hold what is installed, and subnets that hold the nodes."""

import pytest

from components.stack import rules
from tests.support.unit.rule_case import Case, check, context

CASES = [
    Case(
        rule="capacity.nodes_hold_the_pods",
        changes={"mesh": {"size": "xlarge"}},
        key="cluster.nodes.system.instanceTypes",
        says="istiod-1-31-1 asks for more than a node has",
        write="larger instance type",
    ),
    Case(
        rule="capacity.nodes_hold_the_pods",
        changes={"mesh": {"size": "medium"}},
        key="cluster.nodes.system.min",
        says="would wait for Pending pods",
        write="Write 3 or more",
    ),
    Case(
        rule="capacity.numbers",
        changes={"mesh": {"values": {"istiod": {"pilot": {"resources": {"requests": {"cpu": "lots"}}}}}}},
        key="mesh.values.istiod.pilot.resources.requests.cpu",
        says="is no quantity",
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
