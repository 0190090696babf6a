"""What a container does, as its pod's status has it."""

import enum
from dataclasses import dataclass
from typing import Any

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
        """Return the state in the format of a pod status."""
        return {"waiting": {"reason": self.reason, **({"message": self.message} if self.message else {})}}


@dataclass(frozen=True)
class Running:
    """Since when."""

    since: str

    @property
    def manifest(self) -> dict[str, Any]:
        """Return the state in the format of a pod status."""
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
        """Return the state in the format of a pod status."""
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
        """Return how the container ended, or None while it runs."""
        if isinstance(self.state, Terminated):
            return self.state
        return self.last if isinstance(self.state, Waiting) else None

    @property
    def initialized(self) -> bool:
        """Return whether the containers after it may start."""
        if self.role is Role.SIDECAR:
            return isinstance(self.state, Running) and self.started
        return isinstance(self.state, Terminated) and self.state.code == 0

    @property
    def manifest(self) -> dict[str, Any]:
        """Return the container status in the format of a pod status."""
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
