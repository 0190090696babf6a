"""Ways out of the subnets."""

from tests.support.unit.network_stack import (
    ADDRESS,
    ASSOCIATION,
    ENDPOINT,
    INTERNET,
    NAT,
    ROUTE,
    ZONES,
    built,
    only,
    subnets,
)
from tests.support.unit.recorded import Stack


def test_public_subnets_lead_to_the_internet_gateway(single: Stack) -> None:
    route = single.one(ROUTE, "network-routes-public").inputs
    assert (route["destinationCidrBlock"], route["gatewayId"]) == ("0.0.0.0/0", "network-id")
    assert "natGatewayId" not in route
    for zone in ZONES:
        assert associated(single, f"network-public-{zone}") == "network-routes-public-id"


def associated(stack: Stack, subnet: str) -> str:
    [table] = [
        node.inputs["routeTableId"] for node in stack.of_type(ASSOCIATION) if node.inputs["subnetId"] == f"{subnet}-id"
    ]
    return str(table)


def way_out(stack: Stack, zone: str) -> dict[str, str]:
    table = associated(stack, f"network-private-{zone}")
    [route] = [node.inputs for node in stack.of_type(ROUTE) if node.inputs["routeTableId"] == table]
    return {key: value for key, value in route.items() if key != "routeTableId"}


def test_one_nat_gateway_serves_all_zones(single: Stack) -> None:
    assert only(single, NAT).inputs["subnetId"] == "network-public-us-west-2a-id"
    assert len(single.of_type(ADDRESS)) == 1
    expected = {"destinationCidrBlock": "0.0.0.0/0", "natGatewayId": "network-routes-nat-us-west-2a-id"}
    assert [way_out(single, zone) for zone in ZONES] == [expected] * 3


def test_nat_per_zone_stays_in_the_zone(per_zone: Stack) -> None:
    for zone in ZONES:
        assert way_out(per_zone, zone)["natGatewayId"] == f"network-routes-nat-{zone}-id"
        gateway = per_zone.one(NAT, f"network-routes-nat-{zone}").inputs
        assert gateway["subnetId"] == f"network-public-{zone}-id"
        assert gateway["allocationId"] == f"network-routes-nat-{zone}-id"


def test_more_nat_keeps_the_first_gateway_and_every_table(single: Stack, per_zone: Stack) -> None:
    assert {node.urn for node in single.nodes} < {node.urn for node in per_zone.nodes}


def test_a_third_zone_changes_nothing_of_the_first_two() -> None:
    two, three = (built(zones, nat="per-zone") for zones in (ZONES[:2], ZONES))
    after = {node.urn: node.inputs for node in three.nodes}
    changed = {node.resource["type"] for node in two.nodes if after[node.urn] != node.inputs}
    assert changed == {"istio-eks:network:Network", "istio-eks:network:Vpc", ENDPOINT}


def test_the_internet_gateway_outlives_whatever_holds_a_public_address(per_zone: Stack) -> None:
    holders = [*subnets(per_zone, "public"), *per_zone.of_type(NAT, ADDRESS)]
    assert len(holders) == 9
    assert all(holder.reaches(only(per_zone, INTERNET)) for holder in holders)
    # Private subnets do not wait for it: the edge above is no accident of the VPC.
    assert not any(subnet.reaches(only(per_zone, INTERNET)) for subnet in subnets(per_zone, "private"))
