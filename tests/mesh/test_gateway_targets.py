"""Which gateway pods the NLB uses, and what lets it ask them for their health."""

import os
import signal
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from components.settings import names
from local.control_plane.api_connection import Manifest
from local.nlb.visitor import Visitor
from local.node.interception import PROXY
from local.world.mesh import Mesh
from tests.support.mesh import gateways, meshes


def rules(mesh: Mesh, port: int) -> list[dict[str, Any]]:
    """Of all security groups, that speak of this port."""
    session = mesh.world.account.session
    with session.lock:
        found = session.ec2.describe_security_group_rules()["SecurityGroupRules"]
    return [each for each in found if each.get("FromPort") == port]


@contextmanager
def moved(mesh: Mesh, rule: dict[str, Any], port: int) -> Iterator[None]:
    """The rule speaks of another port, behind the stack's back, while the block runs."""
    session = mesh.world.account.session

    def write(number: int) -> None:
        wanted = {
            "IpProtocol": rule["IpProtocol"],
            "FromPort": number,
            "ToPort": number,
            "ReferencedGroupId": rule["ReferencedGroupInfo"]["GroupId"],
            "Description": rule.get("Description", ""),
        }
        changes = [{"SecurityGroupRuleId": rule["SecurityGroupRuleId"], "SecurityGroupRule": wanted}]
        with session.lock:
            session.ec2.modify_security_group_rules(GroupId=rule["GroupId"], SecurityGroupRules=changes)

    write(port)
    try:
        yield
    finally:
        write(rule["FromPort"])


@pytest.mark.parametrize("egress", [True, False], ids=["out of the NLB", "into the pods"])
def test_health_checks_need_the_stacks_own_rule(dev: Mesh, egress: bool) -> None:
    meshes.eventually(lambda: _all(dev, "healthy"))
    (rule,) = [each for each in rules(dev, names.STATUS_PORT) if each["IsEgress"] is egress]
    with moved(dev, rule, names.STATUS_PORT + 1):
        meshes.eventually(lambda: _all(dev, "unhealthy"))
    meshes.eventually(lambda: _all(dev, "healthy"))


def test_nobody_outside_may_ask_for_health(dev: Mesh, visitor: Visitor) -> None:
    with pytest.raises(ConnectionRefusedError):
        visitor.connect(gateways.address(dev), names.STATUS_PORT, 5)


def test_a_pod_that_says_nothing_of_its_health_gets_no_visitor(prod: Mesh, visitor: Visitor) -> None:
    gateways.settle(prod)
    bad, *good = gateways.pods(prod)
    assert good
    assert visits(prod, visitor)[_name(bad)] > 0
    # The agent answers for the pod's health; its proxy could still serve.
    agent = prod.kubelet.process(gateways.WORKLOAD, _name(bad), PROXY)
    os.kill(agent, signal.SIGSTOP)
    try:
        meshes.eventually(lambda: _state(prod, bad, "unhealthy"))
        assert visits(prod, visitor)[_name(bad)] == 0
    finally:
        os.kill(agent, signal.SIGCONT)
    meshes.eventually(lambda: _state(prod, bad, "healthy"))
    assert visits(prod, visitor)[_name(bad)] > 0


def visits(mesh: Mesh, visitor: Visitor) -> Counter[str]:
    """By pod: how many of a few new connections went there."""
    pods = gateways.pods(mesh)
    paths = {f"/nowhere-{uuid.uuid4()}" for _ in range(3 * len(pods))}
    at = gateways.address(mesh)
    for path in paths:
        # Errors are logged, so that each pod tells who came.
        assert visitor.ask(f"http://other.localhost{path}", at=at).status == 404
    seen: Counter[str] = Counter()

    def logged() -> None:
        for pod in pods:
            log = gateways.log(mesh, pod)
            seen[_name(pod)] = sum(f'"path":"{path}"' in log for path in paths)
        assert seen.total() == len(paths)

    meshes.eventually(logged)
    return seen


def _name(pod: Manifest) -> str:
    return str(pod["metadata"]["name"])


def _all(mesh: Mesh, state: str) -> None:
    assert set(gateways.states(mesh).values()) == {state}


def _state(mesh: Mesh, pod: Manifest, state: str) -> None:
    assert gateways.states(mesh)[pod["status"]["podIP"]] == state
