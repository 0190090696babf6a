"""The address plan: what holds for every range, and what each refusal says."""

import ipaddress
import json
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.network import addressing
from components.network import existing as existing_network
from components.network.addressing import AddressError, AddressPlan
from components.settings import ExistingNetwork, Network

ZONES = ("us-west-2a", "us-west-2b", "us-west-2c")
facts = settings(max_examples=50)


@st.composite
def ranges(draw: st.DrawFn) -> str:
    """Every range that can be planned: private, /16 to /18."""
    private = draw(st.sampled_from(addressing.PRIVATE_RANGES))
    prefix = draw(st.integers(16, 18))
    start = draw(st.integers(0, private.num_addresses - 1))
    return str(ipaddress.IPv4Network((int(private.network_address) + start, prefix), strict=False))


zones = st.sampled_from([ZONES[:2], ZONES])


def subnets(plan: AddressPlan) -> list[ipaddress.IPv4Network]:
    return [ipaddress.IPv4Network(cidr) for zone in plan.zones for cidr in (zone.private, zone.public)]


@facts
@given(cidr=ranges(), zones=zones)
def test_subnets_never_overlap(cidr: str, zones: tuple[str, ...]) -> None:
    planned = subnets(addressing.plan(cidr, zones))
    assert not [pair for pair in combinations(planned, 2) if pair[0].overlaps(pair[1])]


@facts
@given(cidr=ranges(), zones=zones)
def test_subnets_never_leave_the_vpc(cidr: str, zones: tuple[str, ...]) -> None:
    planned = addressing.plan(cidr, zones)
    assert planned.vpc == cidr
    assert all(subnet.subnet_of(ipaddress.IPv4Network(cidr)) for subnet in subnets(planned))


@facts
@given(cidr=ranges())
def test_a_third_zone_moves_nothing(cidr: str) -> None:
    assert addressing.plan(cidr, ZONES).zones[:2] == addressing.plan(cidr, ZONES[:2]).zones


@facts
@given(cidr=ranges(), zones=zones)
def test_every_zone_has_room_for_pods_and_load_balancers(cidr: str, zones: tuple[str, ...]) -> None:
    planned = addressing.plan(cidr, zones)
    assert [zone.zone for zone in planned.zones] == list(zones)
    for zone in planned.zones:
        assert ipaddress.IPv4Network(zone.private).prefixlen <= 20
        # AWS keeps five addresses of every subnet.
        assert ipaddress.IPv4Network(zone.public).num_addresses - 5 >= 8


def test_the_default_range_as_people_see_it() -> None:
    assert [(zone.private, zone.public) for zone in addressing.plan(Network().cidr, ZONES).zones] == [
        ("10.0.0.0/18", "10.0.192.0/24"),
        ("10.0.64.0/18", "10.0.193.0/24"),
        ("10.0.128.0/18", "10.0.194.0/24"),
    ]


@pytest.mark.parametrize(
    ("cidr", "message"),
    [
        ("10.0.0.0/19", "is too small.* Use a /18 or larger, at most a /16."),
        ("10.0.0.0/28", "is too small"),
        ("10.0.0.0/29", "is smaller than AWS allows"),
        ("10.0.0.0/15", r"is larger than AWS allows.* Use 10\.0\.0\.0/16\."),
        ("0.0.0.0/0", "is larger than AWS allows"),
        ("10.0.1.0/16", r"AWS rejects it\. Write 10\.0\.0\.0/16\."),
        ("10.0.0.0/255.255.0.0", r"Write 10\.0\.0\.0/16\."),
        ("10.0.0.0", r"Write 10\.0\.0\.0/32\."),
        ("10.0.0.0/33", "is not an IPv4 range"),
        ("10.0.0.256/16", "is not an IPv4 range"),
        ("010.0.0.0/16", "without leading zeros"),
        ("fd00::/16", "is not an IPv4 range"),
        ("", "is not an IPv4 range"),
        ("8.8.0.0/16", r"is not a private range.* Use a range within 10\.0\.0\.0/8"),
        ("172.32.0.0/16", "is not a private range"),
        ("100.128.0.0/16", "is not a private range"),
    ],
)
def test_a_range_that_cannot_be_planned_is_refused(cidr: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        addressing.plan(cidr, ZONES)


@pytest.mark.parametrize(
    ("zones", "message"),
    [
        ((), "lists 0 availability zones"),
        (ZONES[:1], "lists 1 availability zones:.* List two or three zones"),
        ((*ZONES, "us-west-2d"), "lists 4 availability zones"),
        (("us-west-2a", "us-west-2a"), "lists an availability zone twice.* List every zone once"),
    ],
)
def test_zones_that_cannot_be_planned_are_refused(zones: tuple[str, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        addressing.plan("10.0.0.0/16", zones)


def test_reason_and_remedy_can_be_shown_apart() -> None:
    with pytest.raises(AddressError) as refused:
        addressing.plan("10.0.1.0/16", ZONES)
    assert str(refused.value) == f"{refused.value.reason} {refused.value.remedy}"
    assert refused.value.remedy == "Write 10.0.0.0/16."


def test_a_single_nat_gateway_serves_every_zone_from_the_first() -> None:
    assert addressing.nat_zones(ZONES, "single") == dict.fromkeys(ZONES, "us-west-2a")


def test_with_nat_per_zone_no_zone_depends_on_another() -> None:
    assert addressing.nat_zones(ZONES, "per-zone") == {zone: zone for zone in ZONES}


def existing(public: tuple[str, ...]) -> str:
    ids = {"vpcId": "vpc-1", "privateSubnetIds": ["subnet-a", "subnet-b"], "publicSubnetIds": public}
    return "\n".join(existing_network.requirements(ExistingNetwork.model_validate_json(json.dumps(ids))))


@pytest.mark.parametrize(
    "need",
    [
        "vpc-1: needs DNS support and DNS hostnames",
        "subnet-a, subnet-b: need a route for 0.0.0.0/0 to a NAT gateway",
        "kubernetes.io/role/internal-elb=1",
        "subnet-c: need one subnet per zone, a route for 0.0.0.0/0 to an internet gateway",
        "kubernetes.io/role/elb=1",
        "free /28 blocks",
        "8 free addresses",
        "a gateway endpoint for s3",
        *Network().endpoints,
    ],
)
def test_an_existing_vpc_is_told_what_it_needs(need: str) -> None:
    assert need in existing(("subnet-c",))


def test_an_existing_vpc_without_public_subnets_is_told_what_it_cannot_do() -> None:
    told = existing(())
    assert "publicSubnetIds is empty: no gateway can be internet-facing" in told
    assert "role/elb" not in told
