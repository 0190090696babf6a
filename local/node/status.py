"""What a pod's status says, from what its containers do.

Phases and conditions follow ``getPhase`` (pkg/kubelet/kubelet_pods.go) and pkg/kubelet/status/generate.go.
"""

import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Manifest = Mapping[str, Any]

# Of a container that the runtime has not been asked for yet.
INITIALIZING, CREATING = "PodInitializing", "ContainerCreating"


class Role(enum.Enum):
    """A container's part in its pod; a sidecar is an init container that goes on running."""

    INIT = enum.auto()
    SIDECAR = enum.auto()
    MAIN = enum.auto()


@dataclass(frozen=True)
class Waiting:
    """Not running, and why."""

    reason: str
    message: str = ""

    @property
    def manifest(self) -> dict[str, Any]:
        """As a status writes it."""
        return {"waiting": {"reason": self.reason, **({"message": self.message} if self.message else {})}}


@dataclass(frozen=True)
class Running:
    """Since when."""

    since: str

    @property
    def manifest(self) -> dict[str, Any]:
        """As a status writes it."""
        return {"running": {"startedAt": self.since}}


@dataclass(frozen=True, kw_only=True)
class Terminated:
    """code: 128 and the signal for one that a signal ended, as runtimes say it. message: why it was made to end."""

    code: int
    since: str
    until: str
    message: str = ""

    @property
    def manifest(self) -> dict[str, Any]:
        """As a status writes it."""
        reason = "Completed" if self.code == 0 else "Error"
        ended = {"exitCode": self.code, "reason": reason, "startedAt": self.since, "finishedAt": self.until}
        return {"terminated": {**ended, **({"message": self.message} if self.message else {})}}


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A container of a pod at a moment.

    last: how it ended the last time. started: its startup probe has succeeded, or it has none. restarted: its restart
    policy asks for it again when it ends now.
    """

    name: str
    image: str
    role: Role
    state: Waiting | Running | Terminated
    last: Terminated | None = None
    restarts: int = 0
    started: bool = False
    ready: bool = False
    restarted: bool = True
    id: str = ""

    @property
    def ended(self) -> Terminated | None:
        """How it ended, if it is not running."""
        if isinstance(self.state, Terminated):
            return self.state
        return self.last if isinstance(self.state, Waiting) else None

    @property
    def initialized(self) -> bool:
        """Whether the containers after it may start."""
        if self.role is Role.SIDECAR:
            return isinstance(self.state, Running) and self.started
        return isinstance(self.state, Terminated) and self.state.code == 0

    @property
    def manifest(self) -> dict[str, Any]:
        """As a status writes it."""
        finished = self.role is Role.INIT and self.initialized
        return {
            "name": self.name,
            "image": self.image,
            # Required; nothing was pulled from anywhere.
            "imageID": "",
            "containerID": self.id,
            "state": self.state.manifest,
            "lastState": self.last.manifest if self.last else {},
            "restartCount": self.restarts,
            "started": self.started,
            "ready": self.ready or finished,
        }


def phase(containers: Sequence[Seen], *, ending: bool = False) -> str:
    """Of a pod with these containers; ``ending``: none of them comes back."""
    inits, sidecars, mains = (_of(containers, role) for role in (Role.INIT, Role.SIDECAR, Role.MAIN))
    if any(each.ended and each.ended.code and not each.restarted for each in inits):
        return "Failed"
    # A running pod goes on being one while a sidecar restarts.
    begun = any(isinstance(each.state, Running) or each.ended for each in mains)
    waiting = any(isinstance(each.state, Waiting) and not each.ended for each in [*sidecars, *mains])
    if waiting or not all(each.initialized for each in inits) or not (begun or all(s.started for s in sidecars)):
        return "Pending"
    if any(isinstance(each.state, Running) for each in [*sidecars, *mains]):
        return "Running"
    ends = [each.ended for each in mains if each.ended]
    if not ending and any(each.restarted for each in mains):
        return "Running"
    return "Failed" if any(each.code for each in ends) else "Succeeded"


def status(
    pod: Manifest, containers: Sequence[Seen], *, address: str, host: str, sandboxed: bool, ending: bool, now: str
) -> dict[str, Any]:
    """The fields of a status that are the kubelet's, for a patch; other conditions are left to those who set them.

    pod: as the API server has it. address: the pod's, empty before it has one. host: its node's, empty if unknown.
    sandboxed: its network and volumes are there. ending: it is being stopped.
    """
    found = phase(containers, ending=ending)
    addresses: dict[str, Any] = {"hostIP": host, "hostIPs": [{"ip": host}]} if host else {}
    addresses |= {"podIP": address, "podIPs": [{"ip": address}]} if address else {}
    former = pod.get("status") or {}
    return {
        "phase": found,
        **addresses,
        "startTime": former.get("startTime") or now,
        "conditions": _dated(_conditions(pod, containers, found, sandboxed), former.get("conditions") or [], now),
        "initContainerStatuses": [each.manifest for each in containers if each.role is not Role.MAIN],
        "containerStatuses": [each.manifest for each in containers if each.role is Role.MAIN],
    }


def _conditions(pod: Manifest, containers: Sequence[Seen], phase: str, sandboxed: bool) -> list[dict[str, str]]:
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
    """Ready, unless a readiness gate is not yet true; the controllers that they belong to say so."""
    said = {each["type"]: each["status"] for each in (pod.get("status") or {}).get("conditions") or []}
    gates = [each["conditionType"] for each in pod["spec"].get("readinessGates") or []]
    closed = [_closed(gate, said) for gate in gates if said.get(gate) != "True"]
    return _no("Ready", "ReadinessGatesNotReady", ", ".join(closed)) if closed else _yes("Ready")


def _closed(gate: str, said: Mapping[str, str]) -> str:
    if gate in said:
        return f'the status of pod readiness gate "{gate}" is not "True", but {said[gate]}'
    return f'corresponding condition of pod readiness gate "{gate}" does not exist.'


def _dated(found: Iterable[dict[str, str]], former: Iterable[Manifest], now: str) -> list[dict[str, Any]]:
    """A condition's time is that of its last change."""
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


def _of(containers: Sequence[Seen], role: Role) -> list[Seen]:
    return [each for each in containers if each.role is role]


def _named(containers: Sequence[Seen], fine: Callable[[Seen], object]) -> str:
    return " ".join(each.name for each in containers if not fine(each))
