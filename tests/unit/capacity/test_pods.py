"""What the pods of a stack ask for."""

from components.capacity import pods as pod_requests
from components.capacity.nodes import Room
from tests.support.unit.capacity_settings import REGION, istiod, pods, stack


def test_replicas_of_the_legacy_scope_are_counted() -> None:
    assert pods(stack(**istiod({"replicaCount": 2, "pilot": {"replicaCount": 3}})), "istiod-").rest == 3


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
