"""Conditions of a pod that its kubelet sets, as pkg/kubelet/status/generate.go does."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from local.node.container_status import Role, Running, Seen

Manifest = Mapping[str, Any]


def conditions(pod: Manifest, containers: Sequence[Seen], phase: str, sandboxed: bool) -> list[dict[str, str]]:
    """Return the kubelet's conditions without their times; ``sandboxed``: the pod's network and volumes exist."""
    unready = _named(containers, lambda each: each.role is Role.INIT or each.ready)
    incomplete = _named(containers, lambda each: each.role is Role.MAIN or each.initialized)
    begun = any(each.role is Role.MAIN and (each.ended or isinstance(each.state, Running)) for each in containers)
    if phase in ("Succeeded", "Failed"):
        ready = _no("Ready", f"Pod{'Completed' if phase == 'Succeeded' else 'Failed'}")
    elif unready:
        ready = _no("Ready", "ContainersNotReady", f"containers with unready status: [{unready}]")
    else:
        ready = _yes("Ready")
    return [
        _yes("PodReadyToStartContainers") if sandboxed else _no("PodReadyToStartContainers"),
        _yes("Initialized")
        if begun or not incomplete
        else _no("Initialized", "ContainersNotInitialized", f"containers with incomplete status: [{incomplete}]"),
        {**ready, "type": "ContainersReady"},
        _gated(pod) if ready["status"] == "True" else ready,
    ]


def _gated(pod: Manifest) -> dict[str, str]:
    """Return Ready, false while a readiness gate is not true; the gates' own controllers explain why."""
    said = {each["type"]: each["status"] for each in (pod.get("status") or {}).get("conditions") or []}
    gates = [each["conditionType"] for each in pod["spec"].get("readinessGates") or []]
    closed = [_closed(gate, said) for gate in gates if said.get(gate) != "True"]
    return _no("Ready", "ReadinessGatesNotReady", ", ".join(closed)) if closed else _yes("Ready")


def _closed(gate: str, said: Mapping[str, str]) -> str:
    if gate in said:
        return f'the status of pod readiness gate "{gate}" is not "True", but {said[gate]}'
    return f'corresponding condition of pod readiness gate "{gate}" does not exist.'


def dated(found: Iterable[dict[str, str]], former: Iterable[Manifest], now: str) -> list[dict[str, Any]]:
    """Return the conditions with the time of their last change."""
    known = {each["type"]: each for each in former}

    def since(condition: dict[str, str]) -> str:
        before = known.get(condition["type"])
        return before["lastTransitionTime"] if before and before["status"] == condition["status"] else now

    return [{**each, "lastTransitionTime": since(each)} for each in found]


def _yes(type_: str) -> dict[str, str]:
    # What a patch does not name stays: a reason of before would.
    return {"type": type_, "status": "True", "reason": "", "message": ""}


def _no(type_: str, reason: str = "", message: str = "") -> dict[str, str]:
    return {"type": type_, "status": "False", "reason": reason, "message": message}


def _named(containers: Sequence[Seen], fine: Callable[[Seen], object]) -> str:
    return " ".join(each.name for each in containers if not fine(each))
