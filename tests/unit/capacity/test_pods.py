"""Pods per node, addresses per subnet, requests against nodes, list prices."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from components.capacity import cost, instance_types, prices
from components.capacity import nodes as node_capacity
from components.capacity import pods as pod_requests
from components.capacity import report as capacity
from components.capacity.nodes import Room
from components.kubernetes import quantities
from tests.support.unit.capacity_settings import PLAIN, REGION, known, nodes, pods, refusals, stack


@pytest.mark.parametrize(
    ("quantity", "cpu"), [("100m", 100), ("1", 1000), ("0.5", 500), (2, 2000), (0.1, 100), ("1.5m", 2)]
)
def test_cpu_is_counted_in_millicores(quantity: str, cpu: int) -> None:
    assert quantities.millicores(quantity) == cpu


@pytest.mark.parametrize(
    ("quantity", "memory"), [("2Gi", 2048), ("96Mi", 96), ("1G", 954), (1048576, 1), ("1", 1), ("512Ki", 1)]
)
def test_memory_is_counted_in_mib(quantity: str, memory: int) -> None:
    assert quantities.mebibytes(quantity) == memory


@pytest.mark.parametrize(
    ("name", "shape", "hour"),
    [
        ("t3.medium", (2, 4, 3, 6), 0.0416),
        ("t4g.large", (2, 8, 3, 12), 0.0672),
        ("m6i.large", (2, 8, 3, 10), 0.096),
        ("c7g.xlarge", (4, 8, 4, 15), 0.145),
        ("m8i.2xlarge", (8, 32, 4, 30), 0.42336),
        ("r7g.4xlarge", (16, 128, 8, 30), 0.8568),
        ("r8i.8xlarge", (32, 256, 10, 50), 2.22272),
    ],
)
def test_an_instance_type_is_as_aws_lists_it(name: str, shape: tuple[int, ...], hour: float) -> None:
    found = known(name)
    assert (found.vcpus, found.memory_gib, found.interfaces, found.addresses) == shape
    assert prices.instance_hour(name) == pytest.approx(hour)


@pytest.mark.parametrize("name", ["m9x.large", "m6i.metal", "t3.4xlarge", "m6i", ""])
def test_other_types_are_not_known_and_not_priced(name: str) -> None:
    assert instance_types.find(name) is None
    assert prices.instance_hour(name) is None
    assert instance_types.smallest(["m6i.large", name]) is None


def test_a_group_of_several_types_has_what_the_smallest_has() -> None:
    mixed = instance_types.smallest(["c7i.large", "m8i.large"])
    assert mixed is not None
    assert (mixed.memory_gib, mixed.addresses) == (4, 10)


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


def istiod(values: dict[str, Any]) -> dict[str, Any]:
    return {"mesh": {"values": {"istiod": values}}}


def gateway(values: dict[str, Any]) -> dict[str, Any]:
    return {"gateways": {"public": {"hosts": ["bookinfo/www.example.org"], "values": values}}}


def addon(name: str, configuration: dict[str, Any]) -> dict[str, Any]:
    return {"cluster": {"addons": {name: {"configuration": configuration}}}}


ISTIOD, GATEWAY, COREDNS = "mesh.values.istiod", "gateways.public.values", "cluster.addons.coredns.configuration"


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
    assert " no " in found.reason
    assert "as in" in found.remedy


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


@pytest.mark.parametrize("number", [10**6, 10**9, 9_999_999_999])
def test_any_number_of_pods_is_counted_at_once(number: int) -> None:
    node, pod = Room(pods=10, cpu=1000, memory=1000), Room(pods=1, cpu=100, memory=1)
    assert node_capacity.nodes_for([(pod, number), (pod, 1)], node) == number // 10 + 1
    found = refusals(stack(**istiod({"replicaCount": number})))
    assert [each.key for each in found] == ["cluster.nodes.system.min"]


def test_replicas_of_the_legacy_scope_are_counted() -> None:
    assert pods(stack(**istiod({"replicaCount": 2, "pilot": {"replicaCount": 3}})), "istiod-").rest == 3


def test_without_prefixes_a_node_has_an_address_a_pod() -> None:
    large = known("m6i.large")
    assert node_capacity.max_pods(large, prefixes=False) == 3 * 9 + 2
    assert node_capacity.allocatable(large, prefixes=False).pods == 29
    assert node_capacity.addresses(large, prefixes=False) == 3 * 10


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


def test_an_upgrade_counts_surge_and_a_canary() -> None:
    settings = stack(mesh={"size": "medium"})
    istiod, canary = pods(settings, "istiod-"), pods(settings, "istiod (canary")
    assert (istiod.rest, istiod.upgrade, istiod.peak) == (3, 4, 7)
    assert (canary.rest, canary.upgrade, canary.each) == (0, 3, istiod.each)
    gateway = pods(settings, "gateway-public")
    assert (gateway.rest, gateway.upgrade, gateway.peak) == (3, 4, 15)


def test_a_canary_that_runs_is_counted_as_what_it_is() -> None:
    settings = stack(mesh={"version": "1.31.1", "canaryVersion": "1.30.5", "size": "medium"})
    names = [each.name for each in pod_requests.system(settings, REGION)]
    assert names[:2] == ["istiod-1-31-1", "istiod-1-30-5"]
    assert pods(settings, "istiod-1-30-5").rest == 3


def test_escape_hatches_are_what_is_counted() -> None:
    changed = {"resources": {"requests": {"cpu": "3", "memory": "1Gi"}}, "replicaCount": 2}
    istiod = pods(stack(mesh={"values": {"istiod": changed}}), "istiod-")
    assert (istiod.each, istiod.rest) == (Room(pods=1, cpu=3000, memory=1024), 2)


def test_bookinfo_is_counted_with_its_sidecars() -> None:
    found = {each.name: each.each for each in pod_requests.apps(stack())}
    assert len(found) == 6
    assert found["details-v1"].cpu == 20 + 50
    assert pod_requests.apps(stack(bookinfo={"enabled": False})) == ()


def test_the_ebs_driver_is_counted_when_it_is_installed() -> None:
    settings = stack(cluster={"addons": {"aws-ebs-csi-driver": {}}})
    assert pods(settings, "ebs-csi").rest == 2
    assert "ebs-csi-node" in pod_requests.daemons(settings)


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
    assert "istiod-1-31-1 asks for more than a node has" in found[0].reason


def test_unknown_types_hide_numbers_and_refuse_nothing() -> None:
    settings = stack(cluster=nodes(system={"instanceTypes": ["m9x.large"]}))
    assert refusals(settings) == []
    report = capacity.report(settings, REGION)
    assert (report.groups[0].node, report.groups[0].rest, report.subnets[0].needed) == (None, None, None)
    assert report.cost.not_priced == ("system nodes, m9x.large",)


def test_a_subnet_holds_its_share_of_the_nodes() -> None:
    many = nodes(apps={"min": 2, "max": 70})
    found = refusals(stack(cluster=many, network={**PLAIN["network"], "cidr": "10.0.0.0/18"}))
    assert [each.key for each in found] == ["network.cidr"]
    assert "us-east-1a 4091 addresses" in found[0].reason
    assert "16 at a time" in found[0].reason


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
