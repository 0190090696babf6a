"""What a pod's status says."""

from typing import Any

import pytest

from local.node.container_status import Role, Running, Seen, Terminated, Waiting
from local.node.status import phase, status

THEN, NOW = "2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z"
RUNS, WAITS = Running(THEN), Waiting("PodInitializing")
POD: dict[str, Any] = {"metadata": {"name": "web"}, "spec": {}}


def ended(code: int = 0) -> Terminated:
    return Terminated(code=code, since=THEN, until=NOW)


def main(state: Waiting | Running | Terminated = RUNS, **how: Any) -> Seen:
    return Seen(name="web", image="web", role=Role.MAIN, state=state, **how)


def init(state: Waiting | Running | Terminated, **how: Any) -> Seen:
    return Seen(name="first", image="web", role=Role.INIT, state=state, **how)


def sidecar(state: Waiting | Running | Terminated = RUNS, **how: Any) -> Seen:
    return Seen(name="proxy", image="web", role=Role.SIDECAR, state=state, **how)


def told(*containers: Seen, pod: dict[str, Any] | None = None, **how: Any) -> dict[str, Any]:
    given = {"address": "10.244.1.1", "host": "10.244.0.1", "sandboxed": True, "ending": False, "now": NOW, **how}
    return status(pod or POD, containers, **given)


def condition(name: str, *containers: Seen, **how: Any) -> dict[str, Any]:
    conditions: list[dict[str, Any]] = told(*containers, **how)["conditions"]
    (found,) = (each for each in conditions if each["type"] == name)
    return found


@pytest.mark.parametrize(
    ("containers", "is_"),
    [
        ([main(WAITS)], "Pending"),
        ([main()], "Running"),
        ([main(), main(WAITS)], "Pending"),
        ([init(RUNS), main(WAITS)], "Pending"),
        ([init(ended(1)), main(WAITS)], "Pending"),
        ([init(ended(1), restarted=False), main(WAITS)], "Failed"),
        ([init(ended()), main()], "Running"),
        ([sidecar(), main(WAITS)], "Pending"),
        ([sidecar(started=True), main()], "Running"),
        # Its sidecar restarts, the pod goes on.
        ([sidecar(Waiting("CrashLoopBackOff"), last=ended(1)), main()], "Running"),
        ([main(Waiting("CrashLoopBackOff"), last=ended(1))], "Running"),
        ([main(ended(), restarted=False)], "Succeeded"),
        ([main(ended(), restarted=False), main(ended(1), restarted=False)], "Failed"),
        ([main(ended(1))], "Running"),
        ([main(ended(), restarted=False), main()], "Running"),
    ],
)
def test_the_phase(containers: list[Seen], is_: str) -> None:
    assert phase(containers) == is_


def test_what_is_being_stopped_does_not_come_back() -> None:
    assert phase([main(ended(137))], ending=True) == "Failed"
    assert phase([main(ended(0))], ending=True) == "Succeeded"


def test_ready_is_every_container_but_those_that_are_done() -> None:
    assert condition("Ready", init(ended()), sidecar(ready=True), main(ready=True))["status"] == "True"
    found = condition("Ready", init(ended()), sidecar(), main(ready=True))
    assert (found["status"], found["message"]) == ("False", "containers with unready status: [proxy]")


@pytest.mark.parametrize(("gate", "ready"), [(None, "False"), ("False", "False"), ("True", "True")])
def test_a_readiness_gate_keeps_a_pod_unready_until_its_controller_says_so(gate: str | None, ready: str) -> None:
    conditions = [{"type": "example/gate", "status": gate, "lastTransitionTime": THEN}] if gate else []
    pod = {"spec": {"readinessGates": [{"conditionType": "example/gate"}]}, "status": {"conditions": conditions}}
    found = condition("Ready", main(ready=True), pod=pod)
    assert (found["status"], "example/gate" in found["message"]) == (ready, ready == "False")
    assert condition("ContainersReady", main(ready=True), pod=pod)["status"] == "True"


def test_conditions_of_others_are_left_to_them() -> None:
    pod = {"spec": {}, "status": {"conditions": [{"type": "PodScheduled", "status": "True"}]}}
    names = {each["type"] for each in told(main(), pod=pod)["conditions"]}
    assert names == {"PodReadyToStartContainers", "Initialized", "ContainersReady", "Ready"}


def test_a_condition_has_the_time_of_its_last_change() -> None:
    before = [{"type": name, "status": "True", "lastTransitionTime": THEN} for name in ("Initialized", "Ready")]
    pod = {"spec": {}, "status": {"conditions": before}}
    assert condition("Initialized", main(), pod=pod)["lastTransitionTime"] == THEN
    assert condition("Ready", main(), pod=pod)["lastTransitionTime"] == NOW


def test_initialized_comes_with_the_last_init_container_and_stays() -> None:
    assert condition("Initialized", init(ended()), sidecar(), main(WAITS))["status"] == "False"
    assert condition("Initialized", init(ended()), sidecar(started=True), main(WAITS))["status"] == "True"
    assert condition("Initialized", init(ended()), sidecar(ended(1)), main())["status"] == "True"


def test_a_container_that_came_back_says_how_it_ended() -> None:
    (found,) = told(main(last=ended(1), restarts=2))["containerStatuses"]
    assert (found["restartCount"], found["lastState"]["terminated"]["exitCode"]) == (2, 1)
    assert found["state"] == {"running": {"startedAt": THEN}}


def test_init_containers_and_sidecars_are_listed_apart() -> None:
    found = told(init(ended()), sidecar(), main())
    assert [each["name"] for each in found["initContainerStatuses"]] == ["first", "proxy"]
    assert [each["name"] for each in found["containerStatuses"]] == ["web"]


def test_a_pod_without_network_has_no_address() -> None:
    found = told(main(Waiting("ContainerCreating", "no Secret")), address="", host="", sandboxed=False)
    assert not {"podIP", "podIPs", "hostIP", "hostIPs"} & found.keys()
    assert found["containerStatuses"][0]["state"] == {
        "waiting": {"reason": "ContainerCreating", "message": "no Secret"}
    }
