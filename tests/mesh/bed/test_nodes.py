"""Nodes are what the account's node groups say, and the scheduler believes them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from local.control_plane.api import Api
from local.control_plane.control_plane import ControlPlane
from local.node import nodes
from tests.support.engine.aws_account import NODE_POLICIES, Account, opened
from tests.support.mesh import planes
from tests.support.mesh.planes import Manifest, deployment, namespace, pod, soon

NOT_READY = {"key": "cni.istio.io/not-ready", "value": "true", "effect": "NO_SCHEDULE"}


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    with planes.plane(tmp_path_factory.mktemp("control-plane")) as running:
        yield running


@pytest.fixture
def api(plane: ControlPlane) -> Iterator[Api]:
    yield plane.api
    for node in plane.api.list("v1", "Node"):
        plane.api.delete("v1", "Node", node["metadata"]["name"])


@pytest.fixture
def account() -> Iterator[Account]:
    with opened() as empty:
        empty.cluster()
        prefixes = json.dumps({"env": {"ENABLE_PREFIX_DELEGATION": "true"}})
        empty.addon("vpc-cni", configurationValues=prefixes)
        empty.addon("kube-proxy")
        yield empty


def start(account: Account, number: int, **inputs: Any) -> None:
    """The account's node group."""
    subnets = [account.id("us-west-2a"), account.id("us-west-2b")]
    sizes = {"minSize": number, "desiredSize": number, "maxSize": 9}
    account.nodes(*NODE_POLICIES, subnetIds=subnets, scalingConfig=sizes, instanceTypes=["m6i.large"], **inputs)


def names(api: Api) -> list[str]:
    return [node["metadata"]["name"] for node in api.list("v1", "Node")]


def node(api: Api, name: str) -> Manifest:
    found = api.get("v1", "Node", name)
    assert found
    return found


def ready(node: Manifest) -> bool:
    return any(each["type"] == "Ready" and each["status"] == "True" for each in node["status"].get("conditions", ()))


def test_nodes_join_and_leave_with_their_group(api: Api, account: Account) -> None:
    with nodes.joining(api, account.cloud.session):
        start(account, 2)
        assert soon(lambda: names(api) == ["nodes-1", "nodes-2"] and ready(node(api, "nodes-2")))
        account.drop("nodes")
        assert soon(lambda: names(api) == [])


def test_a_group_that_grows_gets_more_nodes(api: Api, account: Account) -> None:
    with nodes.joining(api, account.cloud.session):
        start(account, 1)
        assert soon(lambda: names(api) == ["nodes-1"])
        account.change("nodes", scalingConfig={"minSize": 1, "desiredSize": 3, "maxSize": 9})
        assert soon(lambda: names(api) == ["nodes-1", "nodes-2", "nodes-3"])


def test_a_node_is_labelled_and_tainted_as_its_group(api: Api, account: Account) -> None:
    start(account, 2, labels={"role": "apps"}, taints=[NOT_READY])
    for plan in nodes.from_groups(account.cloud.session).values():
        nodes.register(api, plan)
    found = [node(api, name) for name in names(api)]
    zones = [each["metadata"]["labels"]["topology.kubernetes.io/zone"] for each in found]
    assert zones == ["us-west-2a", "us-west-2b"]
    wanted = {
        "role": "apps",
        "eks.amazonaws.com/nodegroup": "nodes",
        "node.kubernetes.io/instance-type": "m6i.large",
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": "nodes-1",
        "topology.kubernetes.io/region": "us-west-2",
    }
    assert wanted.items() <= found[0]["metadata"]["labels"].items()
    assert found[0]["spec"]["taints"] == [{"key": NOT_READY["key"], "value": "true", "effect": "NoSchedule"}]


@pytest.mark.parametrize(("prefixes", "pods"), [("true", "110"), ("false", "29")])
def test_a_node_holds_what_eks_says_of_its_type(api: Api, account: Account, prefixes: str, pods: str) -> None:
    env = json.dumps({"env": {"ENABLE_PREFIX_DELEGATION": prefixes}})
    account.change("vpc-cni", configurationValues=env)
    start(account, 1)
    nodes.register(api, nodes.from_groups(account.cloud.session)["nodes-1"])
    allocatable, capacity = (node(api, "nodes-1")["status"][key] for key in ("allocatable", "capacity"))
    # 60 and 10 of the first two vCPUs are reserved.
    assert (allocatable["cpu"], capacity["cpu"]) == ("1930m", "2")
    assert allocatable["pods"] == pods


def test_pods_keep_to_taints(api: Api, account: Account) -> None:
    start(account, 1, taints=[NOT_READY])
    nodes.register(api, nodes.from_groups(account.cloud.session)["nodes-1"])
    where = namespace(api, "tainted")
    api.create(pod("kept-out", where))
    api.create(pod("let-in", where, tolerations=[{"operator": "Exists"}]))

    def placed() -> dict[str, str | None]:
        return {each["metadata"]["name"]: each["spec"].get("nodeName") for each in api.list("v1", "Pod", where)}

    assert soon(lambda: placed() == {"kept-out": None, "let-in": "nodes-1"})
    # As istiod does when its CNI plugin is ready there.
    api.patch({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "nodes-1"}, "spec": {"taints": None}})
    assert soon(lambda: placed() == {"kept-out": "nodes-1", "let-in": "nodes-1"})


def test_pods_of_a_node_that_leaves_are_asked_to_end(api: Api, account: Account) -> None:
    start(account, 1)
    plan = nodes.from_groups(account.cloud.session)["nodes-1"]
    nodes.register(api, plan)
    where = namespace(api, "drained")
    api.create(deployment("web", where, replicas=1))

    def pods(**wanted: bool) -> list[Manifest]:
        found = api.list("v1", "Pod", where, fields="spec.nodeName=nodes-1")
        return [each for each in found if ("deletionTimestamp" in each["metadata"]) is wanted["ending"]]

    assert soon(lambda: len(pods(ending=False)) == 1)
    nodes.leave(api, plan.name)
    assert len(pods(ending=True)) == 1
    assert pods(ending=False) == []
    assert names(api) == []
