"""Which gateway pods the NLB uses, and what lets it ask them for their health."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from design import names
from local.api import Manifest
from local.callers import ready
from local.load_balancer import Visitor
from local.mesh import Mesh
from tests.mesh import gateways, meshes

PAGE = "http://bookinfo.localhost/productpage"


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
        visitor.connect(dev.address(gateways.NAME), names.STATUS_PORT, 5)


def test_a_pod_that_is_not_ready_gets_no_visitor(prod: Mesh, visitor: Visitor) -> None:
    gateways.settle(prod)
    pods = gateways.pods(prod)
    assert len(pods) > 1
    bad = pods[0]
    assert visits(prod, visitor)[_name(bad)] > 0
    # Its own proxy says so from now on.
    gateways.admin(prod, bad, "healthcheck/fail", "POST")
    try:
        meshes.eventually(lambda: _unready(prod, bad))
        meshes.eventually(lambda: _unused(prod, bad))
        seen = visits(prod, visitor)
        assert seen[_name(bad)] == 0
        assert sum(seen.values()) == 3 * len(pods)
    finally:
        gateways.admin(prod, bad, "healthcheck/ok", "POST")
    gateways.settle(prod)
    assert visits(prod, visitor)[_name(bad)] > 0


def visits(mesh: Mesh, visitor: Visitor) -> Counter[str]:
    """By pod: how many of a few new connections went there."""
    pods = gateways.pods(mesh)
    before = {_name(pod): connections(mesh, pod) for pod in pods}
    for _ in range(3 * len(pods)):
        meshes.visit(mesh, visitor, PAGE)
    return Counter({_name(pod): connections(mesh, pod) - before[_name(pod)] for pod in pods})


def connections(mesh: Mesh, pod: Manifest) -> int:
    """That a pod's proxy ever accepted at port 80."""
    said = gateways.admin(mesh, pod, r"stats?filter=^listener\.0\.0\.0\.0_80\.downstream_cx_total$")
    return int(said.rpartition(":")[2])


def _name(pod: Manifest) -> str:
    return str(pod["metadata"]["name"])


def _all(mesh: Mesh, state: str) -> None:
    assert set(gateways.states(mesh).values()) == {state}


def _unready(mesh: Mesh, pod: Manifest) -> None:
    found = mesh.control_plane.api.get("v1", "Pod", _name(pod), gateways.WORKLOAD)
    assert found
    assert not ready(found)


def _unused(mesh: Mesh, pod: Manifest) -> None:
    """Also for the lag of the NLB: it forgets a target only after that."""
    assert pod["status"]["podIP"] not in gateways.states(mesh)
