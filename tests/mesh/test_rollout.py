"""Gateway pods are replaced under load: nobody loses a request, unless pods end before the NLB has forgotten them.

Only the NLB's times and the sleep of preStop pass faster here (``local.time_scale``). So the pods that go get a drain
that is as much shorter: in its time a proxy still takes new connections, which would make up for any preStop.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from components.gateways.drain import NLB_LAG, drain
from components.settings import names
from local.control_plane.api_connection import Manifest
from local.nlb import endpoints
from local.nlb.visitor import Visitor
from local.processes import poll
from local.time_scale import scaled
from local.world import callers
from local.world.callers import ready
from local.world.mesh import Mesh
from tests.support.mesh import gateways, live, meshes
from tests.support.mesh.counts import Tell
from tests.support.mesh.load import Count, load

PAGE = "/productpage"
AS_SET = drain()
# Seconds: with it and the drain, pods end before the lag does.
TOO_SHORT = 20
GATE = f"{endpoints.GATE}{gateways.WORKLOAD}-80"
WAITS = "ReadinessGatesNotReady"
ROLLED = 60.0


@dataclass
class Rollout:
    """What was seen while all pods were replaced.

    new: the pods that came. waited: names of those whose containers were ready while the NLB had not found them
    healthy. early: of those that counted as ready all the same.
    """

    count: Count = field(default_factory=Count)
    new: list[Manifest] = field(default_factory=list)
    waited: set[str] = field(default_factory=set)
    early: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def rollouts(dev: Mesh) -> Iterator[dict[int, Rollout]]:
    """By the preStop of the pods that went."""
    template = gateways.deployment(dev)["spec"]["template"]
    made: dict[int, Rollout] = {}
    try:
        with Visitor() as visitor, gateways.at_once(dev):
            replace(dev, told(template, AS_SET.pre_stop), Rollout())
            for leaving, coming in ((AS_SET.pre_stop, told(template, TOO_SHORT)), (TOO_SHORT, told(template))):
                made[leaving] = under_load(dev, visitor, coming)
        yield made
    finally:
        gateways.patch_deployment(dev, {"template": told(template)})
        gateways.settle(dev)


def told(template: Manifest, pre_stop: int | None = None) -> dict[str, Any]:
    """Other pods: of this preStop and with a drain that passes as fast; None for those of the template."""
    (container,) = template["spec"]["containers"]
    config, lifecycle = template["metadata"]["annotations"][names.PROXY_CONFIG_ANNOTATION], container["lifecycle"]
    if pre_stop is not None:
        config = json.dumps(json.loads(config) | {"terminationDrainDuration": f"{scaled(AS_SET.drain):g}s"})
        lifecycle = {"preStop": {"sleep": {"seconds": pre_stop}}}
    return {
        "metadata": {"annotations": {names.PROXY_CONFIG_ANNOTATION: config}},
        "spec": {"containers": [{"name": container["name"], "lifecycle": lifecycle}]},
    }


def under_load(mesh: Mesh, visitor: Visitor, template: Mapping[str, Any]) -> Rollout:
    """Roll the pods, until the old ones have ended and the NLB has forgotten them."""
    old = {pod["metadata"]["uid"] for pod in gateways.pods(mesh)}

    def ended() -> bool:
        there = mesh.control_plane.api.list("v1", "Pod", gateways.WORKLOAD)
        return old.isdisjoint(pod["metadata"]["uid"] for pod in there)

    with load(visitor, gateways.address(mesh), PAGE) as count:
        seen = Rollout(count=count)
        replace(mesh, template, seen)
        gateways.settle(mesh)
        assert poll(ended, within=ROLLED)
    return seen


def replace(mesh: Mesh, template: Mapping[str, Any], seen: Rollout) -> None:
    """Roll the pods, and wait until the last of the old ones is asked to end."""
    old = {pod["metadata"]["uid"] for pod in gateways.pods(mesh)}
    gateways.patch_deployment(mesh, {"template": template})

    def replaced() -> bool:
        there = gateways.pods(mesh)
        seen.new = [pod for pod in there if pod["metadata"]["uid"] not in old]
        watch(mesh, seen)
        return bool(seen.new) and seen.new == there and all(map(ready, there))

    assert poll(replaced, within=ROLLED, every=0.1)


def watch(mesh: Mesh, seen: Rollout) -> None:
    """Look at the new pods, then at what the NLB thinks of them."""
    healthy = {address for address, state in gateways.states(mesh).items() if state == "healthy"}
    for pod in seen.new:
        name, condition = pod["metadata"]["name"], endpoints.condition_of(pod, "Ready")
        if condition.get("reason") == WAITS:
            seen.waited.add(name)
        if condition.get("status") == "True" and pod["status"]["podIP"] not in healthy:
            seen.early.add(name)


def test_a_rollout_loses_no_request(rollouts: dict[int, Rollout], tell: Tell) -> None:
    count = rollouts[AS_SET.pre_stop].count
    tell(f"preStop {AS_SET.pre_stop} s, lag {NLB_LAG} s: {count}")
    assert count.lost == []
    assert min(count.asked[kind] for kind in ("new connection", "kept connection")) > 100


def test_a_rollout_loses_requests_when_pods_end_before_the_lag_does(rollouts: dict[int, Rollout], tell: Tell) -> None:
    assert TOO_SHORT + AS_SET.drain < NLB_LAG
    count = rollouts[TOO_SHORT].count
    tell(f"preStop {TOO_SHORT} s, lag {NLB_LAG} s: {count}")
    assert [each for each in count.lost if each.startswith("new connection")]
    # Whoever keeps a connection is told in time to open another; that one may be lost.
    assert len(count.lost) < sum(count.asked.values()) / 2


def test_a_new_pod_counts_only_when_the_nlb_finds_it_healthy(rollouts: dict[int, Rollout]) -> None:
    for rollout in rollouts.values():
        for pod in rollout.new:
            assert pod["spec"]["readinessGates"] == [{"conditionType": GATE}]
            assert endpoints.condition_of(pod, GATE)["status"] == "True"
        assert rollout.waited == {pod["metadata"]["name"] for pod in rollout.new}
        assert rollout.early == set()


def test_pods_wait_for_the_nlb_because_of_the_namespaces_label(dev: Mesh) -> None:
    gated(dev, [{"conditionType": GATE}])
    with live.with_labels(dev, gateways.WORKLOAD, {names.READINESS_GATE_LABEL: None}):
        # The API server learns of labels a moment later.
        meshes.eventually(lambda: gated(dev, []))
    meshes.eventually(lambda: gated(dev, [{"conditionType": GATE}]))


def gated(mesh: Mesh, expected: list[dict[str, str]]) -> None:
    """Gates of a pod that the gateway's Service is in front of, if it were made now."""
    labels = gateways.deployment(mesh)["spec"]["selector"]["matchLabels"]
    pod = callers.manifest(gateways.WORKLOAD, "would-be", labels=labels)
    made = mesh.control_plane.api.create(pod, dry_run=True)
    assert list(made["spec"].get("readinessGates", ())) == expected
