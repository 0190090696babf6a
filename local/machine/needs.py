"""What this computer lacks to make a machine of namespaces."""

import getpass
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

# Commands and the packages that have them.
COMMANDS = {
    "unshare": "util-linux 2.38 or newer",
    "nsenter": "util-linux",
    "mount": "util-linux",
    "ip": "iproute2",
    "iptables": "iptables",
    "nft": "nftables",
}
MAPPING = {"newuidmap": "uidmap", "newgidmap": "uidmap"}
# Those that the attempt itself needs.
TRYING = {"unshare", "mount"}
# Package managers, how each installs, and its names for packages where Debian has others.
MANAGERS: dict[str, tuple[str, dict[str, str]]] = {
    "apt-get": ("apt-get update && apt-get install --yes", {}),
    "dnf": ("dnf install --assumeyes", {"iproute2": "iproute", "iptables": "iptables-nft", "uidmap": "shadow-utils"}),
    "apk": ("apk add", {"uidmap": "shadow-uidmap"}),
    "pacman": ("pacman -S --noconfirm", {"iptables": "iptables-nft", "uidmap": "shadow"}),
}
# Sidecars run as a uid of their own, and rules about their traffic go by it: one uid is not enough.
SUBORDINATE = (Path("/etc/subuid"), Path("/etc/subgid"))
# Settings of distributions under which only root may, with the value that forbids it.
FORBIDDING = {
    "user/max_user_namespaces": "0",
    "kernel/unprivileged_userns_clone": "0",
    "kernel/apparmor_restrict_unprivileged_userns": "1",
}


def namespaces() -> list[str]:
    """Return the options with which ``unshare`` makes the namespaces of a machine, for root or not."""
    flags = ["--mount", "--net", "--pid", "--ipc", "--mount-proc", "--fork", "--kill-child"]
    return flags if os.geteuid() == 0 else ["--user", "--map-root-user", "--map-auto", *flags]


def search_path() -> str:
    """Return PATH with the directories of system programs, which a user's PATH may lack."""
    return os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])


def lacking() -> list[str]:
    """Return what is missing, in sentences that each say what to do; empty when a machine can be made."""
    if sys.platform != "linux":
        return [f"Linux is needed: this is {sys.platform}."]
    missing = missing_commands()
    told = [f"The command {each} is not installed: it comes with the package {missing[each]}." for each in missing]
    return [*told, *refused()]


def missing_commands() -> dict[str, str]:
    """Return the commands that are not installed, each with the package that has it."""
    wanted = COMMANDS if os.geteuid() == 0 else COMMANDS | MAPPING
    return {each: package for each, package in wanted.items() if shutil.which(each, path=search_path()) is None}


def as_root(command: str) -> str:
    """Return the line that runs a command with root's rights."""
    return command if os.geteuid() == 0 else f"sudo {command}"


def installing(packages: Sequence[str]) -> str:
    """Return the line that installs Debian's packages of these names, or their like of another distribution."""
    for manager, (install, other) in MANAGERS.items():
        if shutil.which(manager, path=search_path()):
            named = " ".join(other.get(each, each) for each in packages)
            return " && ".join(as_root(each) for each in f"{install} {named}".split(" && "))
    return f"Install {', '.join(packages)} with this distribution's package manager."


def refused() -> list[str]:
    """Return what the kernel refuses, then what to do; empty where a machine can be made, or cannot be tried.

    Nothing says for certain what is allowed here, so it is tried.
    """
    missing = missing_commands()
    if not TRYING.isdisjoint(missing):
        return []
    hints = [] if os.geteuid() == 0 else list(_hints(getpass.getuser()))
    if not MAPPING.keys().isdisjoint(missing):
        return ["A user who is not root has to map uids of its own.", "Run it as root, or:", *hints] if hints else []
    error = _tried()
    if error is None:
        return []
    if os.geteuid() == 0:
        remedies = ["Root has not all its rights here: give the container all of them (docker run --privileged)."]
    else:
        remedies = ["Run it as root, or let this user map uids of its own:", *hints]
    return [f"The kernel refuses: {error}", *remedies]


def _hints(user: str) -> Iterator[str]:
    if any(not _has_range(path, user) for path in SUBORDINATE):
        ids = "100000-165535"
        yield (
            f"{' and '.join(map(str, SUBORDINATE))} have no range for {user}: "
            f"sudo usermod --add-subuids {ids} --add-subgids {ids} {user}"
        )
    for name, forbidding in FORBIDDING.items():
        path = Path("/proc/sys") / name
        if path.exists() and path.read_text().strip() == forbidding:
            yield f"The setting {name.replace('/', '.')} is {forbidding}: user namespaces are for root only."


def _has_range(path: Path, user: str) -> bool:
    if not path.exists():
        return False
    return any(line.split(":")[0] in (user, str(os.getuid())) for line in path.read_text().splitlines())


def _tried() -> str | None:
    """Return the error of a first attempt."""
    attempt = ["unshare", *namespaces(), "--", "mount", "-t", "tmpfs", "machine", "/dev/shm"]
    done = subprocess.run(
        attempt, capture_output=True, text=True, check=False, env={**os.environ, "PATH": search_path()}
    )
    return None if done.returncode == 0 else done.stderr.strip()
