"""What a node takes, and how many nodes some pods need."""

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from components.capacity import nodes as node_capacity
from components.capacity.nodes import Room
from tests.support.unit.capacity_settings import istiod, known, refusals, stack


@pytest.mark.parametrize(("name", "expected"), [("t3.medium", 110), ("m6i.large", 110), ("m6i.8xlarge", 250)])
def test_prefixes_take_a_node_to_the_cap(name: str, expected: int) -> None:
    assert node_capacity.max_pods(known(name)) == expected


def test_a_node_keeps_a_part_for_itself() -> None:
    # 60 + 10 millicores; 11 MiB for each of 29 pods, 255 and 100 on top.
    assert node_capacity.allocatable(known("m6i.large")) == Room(pods=110, cpu=1930, memory=7577 - 674)
    assert node_capacity.allocatable(known("m6i.8xlarge")).cpu == 32000 - 80 - 70


def test_a_full_node_takes_whole_prefixes() -> None:
    # 108 pods need 7 prefixes and one is warm; 9 of them fit on the first interface.
    assert node_capacity.addresses(known("m6i.large")) == 8 * 16 + 1


kinds = st.tuples(
    st.builds(Room, pods=st.just(1), cpu=st.integers(0, 1000), memory=st.integers(0, 1000)), st.integers(0, 20)
)


@given(waiting=st.lists(kinds, max_size=6))
@hypothesis_settings(max_examples=50)
def test_packing_needs_at_least_the_sum_and_at_most_a_node_a_pod(waiting: list[tuple[Room, int]]) -> None:
    node = Room(pods=5, cpu=1000, memory=1000)
    asked = node_capacity.total(pod.many(number) for pod, number in waiting)
    needed = node_capacity.nodes_for(waiting, node)
    assert needed is not None
    least = max(-(-asked.cpu // node.cpu), -(-asked.memory // node.memory), -(-asked.pods // node.pods))
    assert least <= needed <= asked.pods


def test_small_pods_fill_what_large_ones_leave() -> None:
    node, large, small = (
        Room(pods=9, cpu=100, memory=100),
        Room(pods=1, cpu=60, memory=1),
        Room(pods=1, cpu=20, memory=1),
    )
    assert node_capacity.nodes_for([(small, 4), (large, 2)], node) == 2
    assert node_capacity.nodes_for([(small, 5), (large, 2)], node) == 3


def test_a_pod_larger_than_a_node_fits_nowhere() -> None:
    node, pod = Room(pods=5, cpu=1000, memory=1000), Room(pods=1, cpu=1001, memory=1)
    assert node_capacity.nodes_for([(pod, 1)], node) is None
    assert node_capacity.nodes_for([(pod, 0)], node) == 0


@pytest.mark.parametrize("number", [10**6, 10**9, 9_999_999_999])
def test_any_number_of_pods_is_counted_at_once(number: int) -> None:
    node, pod = Room(pods=10, cpu=1000, memory=1000), Room(pods=1, cpu=100, memory=1)
    assert node_capacity.nodes_for([(pod, number), (pod, 1)], node) == number // 10 + 1
    found = refusals(stack(**istiod({"replicaCount": number})))
    assert [each.key for each in found] == ["cluster.nodes.system.min"]


def test_without_prefixes_a_node_has_an_address_a_pod() -> None:
    large = known("m6i.large")
    assert node_capacity.max_pods(large, prefixes=False) == 3 * 9 + 2
    assert node_capacity.allocatable(large, prefixes=False).pods == 29
    assert node_capacity.addresses(large, prefixes=False) == 3 * 10
