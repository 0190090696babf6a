"""What is said of a stack: room on its nodes, addresses of its subnets, its price."""

from typing import Any

import pytest

from components.capacity import cost
from components.capacity import report as capacity
from tests.support.unit.capacity_settings import REGION, addon, nodes, refusals, stack


@pytest.mark.parametrize(
    ("env", "pods"),
    [({}, 110), ({"ENABLE_PREFIX_DELEGATION": "false"}, 29), ({"ENABLE_PREFIX_DELEGATION": None}, 29)],
)
def test_the_vpc_cni_of_the_settings_bounds_the_pods_of_a_node(env: dict[str, Any], pods: int) -> None:
    settings = stack(**addon("vpc-cni", {"env": env}))
    report = capacity.report(settings, REGION)
    assert report.groups[1].node is not None
    assert report.groups[1].node.pods == pods - report.groups[1].daemons.pods
    needed = report.subnets[0].needed
    assert needed is not None
    assert needed == 16 + 8 + 7 + 2 * 3 * (129 if pods == 110 else 30)


def test_unknown_types_hide_numbers_and_refuse_nothing() -> None:
    settings = stack(cluster=nodes(system={"instanceTypes": ["m9x.large"]}))
    assert refusals(settings) == []
    report = capacity.report(settings, REGION)
    assert (report.groups[0].node, report.groups[0].rest, report.subnets[0].needed) == (None, None, None)
    assert report.cost.not_priced == ("system nodes, m9x.large",)


def test_nobody_knows_the_subnets_of_an_existing_network() -> None:
    existing = {"vpcId": "vpc-1a", "privateSubnetIds": ["subnet-1a", "subnet-2b"], "publicSubnetIds": ["subnet-3c"]}
    report = capacity.report(stack(network={"existing": existing}), REGION)
    assert report.subnets == ()
    assert not any("NAT" in line.what for line in report.cost.lines)


def test_the_month_of_a_small_stack() -> None:
    found = cost.cost(stack(), REGION)
    assert found.same_region
    assert found.not_priced == ()
    # By hand: cluster, four m6i.large, 200 GiB, one NAT gateway, seven endpoints in two zones, an NLB, three
    # addresses, a key.
    assert found.least == pytest.approx(
        73 + 4 * 70.08 + 200 * 0.08 + 32.85 + 14 * 7.30 + 16.425 + 3 * 3.65 + 1, abs=0.01
    )


def test_spot_has_no_list_price() -> None:
    found = cost.cost(stack(cluster=nodes(apps={"capacity": "spot"})), "eu-west-1")
    assert found.not_priced == ("apps nodes, m6i.large spot",)
    assert not found.same_region
