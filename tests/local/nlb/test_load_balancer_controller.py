"""The controller's rules, as functions of objects; its requests, against an account and an API that only notes."""

import base64
import json
from collections.abc import Collection, Iterator
from typing import Any

import pytest

from local.control_plane.api_connection import Manifest
from local.control_plane.api_errors import ApiRefusedError
from local.nlb import endpoints, readiness_gate
from local.nlb.bindings import FINALIZER, Bindings
from local.nlb.security_groups import Permission, SecurityGroups
from local.nlb.targets import Key
from tests.support.days import NOON

GATE = "target-health.elbv2.k8s.aws/gateway-80"
NOW, BEFORE = "2026-11-22T10:00:00Z", "2026-11-22T09:00:00Z"


def pod(name: str, *, gated: bool = False, **conditions: str) -> dict[str, Any]:
    return {
        "metadata": {"name": name, "namespace": "gateway", "uid": f"uid of {name}", "labels": {"istio": "gateway"}},
        "spec": {"readinessGates": [{"conditionType": GATE}] if gated else []},
        "status": {"conditions": [{"type": type_, "status": status} for type_, status in conditions.items()]},
    }


def slice_(*found: tuple[str, str, dict[str, bool]], port: int = 80, kind: str = "Pod") -> dict[str, Any]:
    return {
        "metadata": {
            "name": "gateway-x",
            "namespace": "gateway",
            "labels": {endpoints.SERVICE_LABEL: "gateway"},
        },
        "ports": [{"name": "http2", "port": port}, {"name": "https", "port": 443}],
        "endpoints": [
            {"addresses": [address], "conditions": conditions, "targetRef": {"kind": kind, "name": name}}
            for name, address, conditions in found
        ],
    }


SERVICE = {
    "metadata": {"name": "gateway", "namespace": "gateway"},
    "spec": {
        "selector": {"istio": "gateway"},
        "ports": [{"name": "http2", "port": 80}, {"name": "https", "port": 443}],
    },
}


def binding(port: str | int = "http2", **metadata: Any) -> dict[str, Any]:
    return {
        "metadata": {
            "name": "gateway-80",
            "namespace": "gateway",
            "uid": "uid",
            "resourceVersion": "1",
            "finalizers": [FINALIZER],
            **metadata,
        },
        "spec": {"targetGroupARN": "arn", "targetType": "ip", "serviceRef": {"name": "gateway", "port": port}},
    }


@pytest.mark.parametrize(("port", "name"), [("http2", "http2"), (443, "https"), ("http", None), (8080, None)])
def test_a_binding_names_a_port_or_its_number(port: str | int, name: str | None) -> None:
    assert endpoints.service_port(binding(port), SERVICE) == name


@pytest.mark.parametrize(
    ("conditions", "containers", "registered"),
    [
        ({"ready": True}, "True", True),
        # It waits for a gate only.
        ({"ready": False}, "True", True),
        ({"ready": False}, "False", False),
        ({"ready": False, "terminating": True}, "True", False),
        ({}, "False", False),
    ],
)
def test_who_is_registered(conditions: dict[str, bool], containers: str, registered: bool) -> None:
    pods = {"a": pod("a", ContainersReady=containers)}
    found = endpoints.targets("http2", [slice_(("a", "10.244.0.5", conditions))], pods)
    assert list(found) == ([("10.244.0.5", 80)] if registered else [])


def test_only_known_pods_at_the_port_are_registered() -> None:
    ready = {"ready": True}
    pods = {"a": pod("a")}
    slices = [
        slice_(("a", "10.244.0.5", ready), ("unknown", "10.244.0.6", ready)),
        slice_(("a", "x", ready), kind="Node"),
    ]
    assert list(endpoints.targets("https", slices, pods)) == [("10.244.0.5", 443)]
    assert endpoints.targets("other", slices, pods) == {}


def test_a_condition_says_what_the_account_says() -> None:
    waiting = pod("a", gated=True)
    said = endpoints.condition(waiting, GATE, None, NOW)
    assert said == {
        "type": GATE,
        "status": "False",
        "reason": "Elb.RegistrationInProgress",
        "message": "Target registration is in progress",
        "lastTransitionTime": NOW,
    }
    waiting["status"]["conditions"] = [said | {"lastTransitionTime": BEFORE}]
    assert endpoints.condition(waiting, GATE, ("initial", "Elb.RegistrationInProgress"), NOW) is None
    # Another reason, the same status: no transition.
    checking = endpoints.condition(waiting, GATE, ("initial", "Elb.InitialHealthChecking"), NOW)
    assert checking
    assert checking["lastTransitionTime"] == BEFORE
    healthy = endpoints.condition(waiting, GATE, ("healthy", ""), NOW)
    assert healthy
    assert (healthy["status"], healthy["lastTransitionTime"]) == ("True", NOW)


def test_pods_without_the_gate_get_no_condition() -> None:
    assert endpoints.condition(pod("a"), GATE, ("healthy", ""), NOW) is None


@pytest.mark.parametrize(
    ("selector", "found"), [({"istio": "gateway"}, True), ({"istio": "other"}, False), ({}, False), (None, False)]
)
def test_a_service_selects_by_its_labels(selector: dict[str, str] | None, found: bool) -> None:
    assert endpoints.selects({"spec": {"selector": selector}}, {"istio": "gateway", "more": "x"}) == found


def review(request_pod: dict[str, Any], *gates: str) -> dict[str, Any]:
    return readiness_gate.review(
        {"uid": "1", "namespace": "gateway", "object": request_pod}, lambda namespace, labels: list(gates)
    )


def test_missing_gates_are_added() -> None:
    answer = review(pod("a", gated=True), GATE, f"{GATE}-2")
    assert (answer["uid"], answer["allowed"], answer["patchType"]) == ("1", True, "JSONPatch")
    wanted = [{"conditionType": GATE}, {"conditionType": f"{GATE}-2"}]
    patch = json.loads(base64.b64decode(answer["patch"]))
    assert patch == [{"op": "add", "path": "/spec/readinessGates", "value": wanted}]


@pytest.mark.parametrize("gates", [(), (GATE,)])
def test_a_pod_that_has_its_gates_is_left_alone(gates: tuple[str, ...]) -> None:
    assert review(pod("a", gated=True), *gates) == {"uid": "1", "allowed": True}


class Watched:
    """Objects, as a watch hands them out."""

    class Synced:
        def is_set(self) -> bool:
            return True

    def __init__(self, objects: list[Manifest]) -> None:
        self._objects = objects
        self.synced = self.Synced()

    def __iter__(self) -> Iterator[tuple[str, Manifest]]:
        return iter([("ADDED", each) for each in self._objects])

    def stop(self) -> None:
        """It has ended by itself."""


class Noting:
    """In the place of the API: hands out what is there, and notes what is written."""

    def __init__(self, **objects: list[Manifest]) -> None:
        self.objects = objects
        self.written: list[Manifest] = []
        self.refusal: ApiRefusedError | None = None

    def watch(self, api_version: str, kind: str) -> Any:
        return Watched(self.objects.get(kind, []))

    def patch(self, manifest: Manifest, *, field_manager: str | None = None) -> Manifest:
        if self.refusal:
            raise self.refusal
        self.written.append(manifest)
        return manifest

    patch_status = patch


class Account:
    """A target group in memory."""

    def __init__(self, *targets: Key) -> None:
        self.targets = frozenset(targets)

    def registered(self, group: str) -> frozenset[Key]:
        return self.targets

    def register(self, group: str, targets: Collection[Key]) -> None:
        assert targets
        self.targets |= frozenset(targets)

    def deregister(self, group: str, targets: Collection[Key]) -> None:
        assert frozenset(targets) <= self.targets
        self.targets -= frozenset(targets)


def reconciled(api: Noting, account: Account, states: Any = None) -> Bindings:
    """One round of the controller over what is there."""
    bindings = Bindings(api, account, lambda arn: states or {}, lambda: None, lambda: NOON)
    for mirror in (bindings.bindings, bindings.services, bindings.slices, bindings.pods):
        mirror.start()
        mirror.stop()
    for each in bindings.bindings.all():
        bindings.reconcile(each)
    return bindings


def test_endpoints_become_targets_and_leave() -> None:
    account = Account(("10.244.0.99", 80))
    api = Noting(
        TargetGroupBinding=[binding(finalizers=[])],
        Service=[SERVICE],
        EndpointSlice=[slice_(("a", "10.244.0.5", {"ready": False}))],
        Pod=[pod("a", gated=True, ContainersReady="True")],
    )
    bindings = reconciled(api, account, {("10.244.0.5", 80): ("healthy", "")})
    assert account.targets == {("10.244.0.5", 80)}
    finalizers, condition = api.written
    assert finalizers["metadata"]["finalizers"] == [FINALIZER]
    assert finalizers["metadata"]["resourceVersion"] == "1"
    assert condition["status"]["conditions"][0]["status"] == "True"
    assert condition["metadata"]["uid"] == "uid of a"
    assert bindings.gates("gateway", {"istio": "gateway"}) == [GATE]
    assert bindings.gates("elsewhere", {"istio": "gateway"}) == []


def test_a_binding_that_ends_lets_pods_go_on() -> None:
    account = Account(("10.244.0.5", 80))
    bound = binding(deletionTimestamp=NOW, finalizers=["another", FINALIZER])
    api = Noting(TargetGroupBinding=[bound], Service=[SERVICE], Pod=[pod("a", gated=True), pod("b")])
    reconciled(api, account)
    assert account.targets == frozenset()
    condition, finalizers = api.written
    assert condition["status"]["conditions"][0]["status"] == "True"
    assert finalizers["metadata"]["finalizers"] == ["another"]


def test_what_is_gone_meanwhile_is_no_error() -> None:
    api = Noting(TargetGroupBinding=[binding(finalizers=[])])
    api.refusal = ApiRefusedError(404, "NotFound", "gone")
    reconciled(api, Account())
    api.refusal = ApiRefusedError(403, "Forbidden", "no")
    with pytest.raises(ApiRefusedError):
        reconciled(api, Account())


def tcp(port: int, *ranges: str, groups: Collection[str] = ()) -> Permission:
    return Permission(protocol="tcp", first=port, last=port, ranges=ranges, groups=frozenset(groups))


def test_a_balancer_passes_where_both_groups_let_it() -> None:
    out, into = tcp(80, groups=["eks"]), tcp(80, groups=["nlb"])

    def rules(*, outbound: Collection[Permission], inbound: Collection[Permission]) -> SecurityGroups:
        return SecurityGroups(
            inbound={"nlb": [tcp(80, "203.0.113.0/24")], "eks": list(inbound)},
            outbound={"nlb": list(outbound)},
            cluster=frozenset(["eks"]),
        )

    both = rules(outbound=[out], inbound=[into])
    assert both.reaches(["nlb"], 80)
    assert not both.reaches(["nlb"], 15021)
    assert not rules(outbound=[out], inbound=[]).reaches(["nlb"], 80)
    assert not rules(outbound=[out], inbound=[tcp(80, groups=["another"])]).reaches(["nlb"], 80)
    assert not rules(outbound=[tcp(80, groups=["another"])], inbound=[into]).reaches(["nlb"], 80)
    assert not rules(outbound=[], inbound=[into]).reaches(["nlb"], 80)
    assert rules(outbound=[tcp(80, "0.0.0.0/0")], inbound=[into]).reaches(["nlb"], 80)
    assert not rules(outbound=[tcp(80, "10.0.0.0/16")], inbound=[into]).reaches(["nlb"], 80)
    assert both.admits(["nlb"], "203.0.113.9", 80)
    assert not both.admits(["nlb"], "203.0.113.9", 443)
    assert not both.admits(["nlb"], "192.0.2.1", 80)
    # A balancer that was made without groups.
    assert both.admits([], "192.0.2.1", 443)
    assert both.reaches([], 15021)
