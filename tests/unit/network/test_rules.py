"""Rules about addresses, zones, and a network that is there already."""

import pytest

from tests.support.unit.rule_case import Case, check

EXISTING = {"vpcId": "vpc-0a", "privateSubnetIds": ["subnet-0a", "subnet-0b"], "publicSubnetIds": ["subnet-0c"]}


def network(**keys: object) -> dict[str, object]:
    return {"network": keys}


CASES = [
    Case(
        rule="network.cidr",
        changes=network(cidr="10.0.0.0/22"),
        key="network.cidr",
        says="too small",
        write="/18",
    ),
    Case(
        rule="network.cidr",
        changes=network(cidr="10.0.0.1/16"),
        key="network.cidr",
        says="first address",
        write="10.0.0.0/16",
    ),
    Case(
        rule="network.reserved_range",
        changes=network(cidr="172.20.0.0/16"),
        key="network.cidr",
        says="EKS takes the addresses of Services from one of these ranges",
        write="outside both",
    ),
    Case(rule="network.reserved_range", changes=network(cidr="10.100.64.0/18"), key="network.cidr", says="Services"),
    Case(
        rule="network.reserved_range",
        changes=network(cidr="172.17.0.0/16"),
        key="network.cidr",
        says="Docker",
        write="outside it",
    ),
    Case(
        rule="network.zones",
        changes=network(zones=["us-west-2a"]),
        key="network.zones",
        says="EKS requires two",
        write="two or three",
    ),
    Case(
        rule="network.zones",
        changes=network(zones=[f"us-west-2{letter}" for letter in "abcd"]),
        key="network.zones",
        says="up to three",
    ),
    Case(
        rule="network.zones_of_region",
        changes=network(zones=["us-west-2a", "eu-west-1b"]),
        key="network.zones[1]",
        says="not an availability zone of aws:region us-west-2",
        write="us-west-2a",
    ),
    Case(
        rule="network.zones_of_region",
        changes=network(zones=["us-west-2a", "us-west-2-lax-1a"]),
        key="network.zones[1]",
        says="not an availability zone",
    ),
    Case(
        rule="network.existing_alone",
        changes=network(existing=EXISTING),
        key="network.zones",
        says="is not supported with network.existing",
        write="Remove zones",
    ),
    Case(
        rule="network.existing_alone",
        changes=network(existing=EXISTING, zones=None, flowLogs={"traffic": "none"}),
        key="network.flowLogs",
        says="is not supported with network.existing",
    ),
    Case(
        rule="network.existing_subnets",
        changes=network(existing={**EXISTING, "publicSubnetIds": ["subnet-0b"]}),
        key="network.existing.publicSubnetIds[0]",
        says="also listed in privateSubnetIds",
        write="one of the two lists",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_rule_tells_it(case: Case) -> None:
    check(case)
