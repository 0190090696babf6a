"""What a pod's containers are run with: the runtime below, and the pod around them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any, Protocol

from local.processes import Process

Manifest = Mapping[str, Any]

# What a runtime leaves to root where nothing is dropped.
DEFAULT_CAPABILITIES = frozenset(
    {
        *("audit_write", "chown", "dac_override", "fowner", "fsetid", "kill", "mknod"),
        *("net_bind_service", "setfcap", "setgid", "setpcap", "setuid", "sys_chroot"),
    }
)


class Sandbox(Protocol):
    """A pod's network and files: ``local.node.sandbox.PodSandbox``."""

    def volume(self, path: str, source: Path, read_only: bool) -> None:
        """Mount ``source`` at that path."""

    def start(
        self,
        name: str,
        argv: Sequence[str],
        env: Mapping[str, str],
        *,
        uid: int,
        gid: int,
        log: Path,
        cwd: str,
        groups: Collection[int],
        capabilities: Collection[str],
    ) -> Process:
        """Start a program in the sandbox."""

    def run(
        self,
        argv: Sequence[str],
        env: Mapping[str, str],
        *,
        uid: int,
        gid: int,
        timeout: float,
        cwd: str,
        groups: Collection[int],
        capabilities: Collection[str],
    ) -> "CompletedProcess[str]":
        """Run a program in the sandbox to its end. Raises subprocess.TimeoutExpired."""

    def remove(self) -> None:
        """Stop everything that runs in the sandbox, and remove it."""


class Image(Protocol):
    """What stands for an image."""

    @property
    def argv(self) -> Sequence[str]:
        """Return the image's entrypoint."""

    @property
    def env(self) -> Mapping[str, str]:
        """Return the variables that the image sets."""

    @property
    def uid(self) -> int:
        """Return the id of the user that the image runs as."""

    @property
    def gid(self) -> int:
        """Return the id of that user's group."""


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """One pod's.

    image: what stands for an image, None for one that nothing stands for.
    environment: of a container by its spec; raises NotThereError and UnsupportedError.
    log: where a container of this name writes.
    changed: to be called when a container does something that the pod's status says.
    now: this moment as the API writes it.
    """

    pod: Manifest
    sandbox: Sandbox
    address: str
    image: Callable[[str], Image | None]
    environment: Callable[[Manifest], dict[str, str]]
    log: Callable[[str], Path]
    changed: Callable[[], None]
    now: Callable[[], str]


@dataclass(frozen=True, kw_only=True)
class User:
    """Whom a container runs as, and what it may do."""

    uid: int
    gid: int
    groups: frozenset[int]
    capabilities: frozenset[str]


class NotAllowedError(Exception):
    """A container may not run as the user it would run as."""


def user(container: Manifest, pod: Manifest, image: Image) -> User:
    """Return the user of the container's security context, the pod's, or the image.

    Raises NotAllowedError where it must not be root.
    """
    whole = pod["spec"].get("securityContext") or {}
    context = {**whole, **(container.get("securityContext") or {})}
    uid = int(context.get("runAsUser", image.uid))
    if context.get("runAsNonRoot") and uid == 0:
        raise NotAllowedError(f"container has runAsNonRoot and image will run as root (container: {container['name']})")
    # A user that the image does not know has its group from nowhere.
    gid = int(context.get("runAsGroup", image.gid if uid == image.uid else 0))
    groups = {*(whole.get("supplementalGroups") or []), *([whole["fsGroup"]] if "fsGroup" in whole else [])}
    return User(uid=uid, gid=gid, groups=frozenset(groups), capabilities=_capabilities(context))


def _capabilities(context: Manifest) -> frozenset[str]:
    said = context.get("capabilities") or {}
    added, dropped = ({each.lower().removeprefix("cap_") for each in said.get(key) or []} for key in ("add", "drop"))
    kept = frozenset() if "all" in dropped else DEFAULT_CAPABILITIES - dropped
    return kept | added
