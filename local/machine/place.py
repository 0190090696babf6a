"""Where inside a machine its files are, and which of the computer's directories it has of its own."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

# Names the tmpfs of the machine that a process is in.
SCRATCH = "MACHINE_SCRATCH"
# Nothing that is run from is kept there by any distribution; an empty one is preferred.
PLACES = (Path("/srv"), Path("/media"), Path("/mnt"))
# Locks and sockets of system programs, and shared memory: two machines, and the computer, must not meet there.
OWN = (Path("/run"), Path("/dev/shm"))
_NETWORK = Path("/proc/sys/net/ipv4")
# A host of pods passes packets between them, also such that come in at another link than the answer leaves by.
_SYSCTLS = {"ip_forward": "1", "conf/all/rp_filter": "0", "conf/default/rp_filter": "0"}


# Every proxy's agent takes three, all as one user of the computer; the usual 128 are for two stacks at most.
_WATCHERS = Path("/proc/sys/fs/inotify/max_user_instances")
ENOUGH_WATCHERS = 1024


class UnsettledError(Exception):
    """The machine could not be made as it has to be; the text says what failed."""


def settle(argv: Sequence[str], cwd: Path) -> Path:
    """Give this process's namespaces their own files and network; return the scratch directory.

    Raises UnsettledError.
    """
    needed = {*_paths_in_use(os.environ), cwd, *(Path(each) for each in argv if each.startswith("/"))}
    needed |= {each.resolve() for each in needed}
    scratch = _scratch(needed)
    _tmpfs(scratch, "0755")
    temporary = scratch / "tmp"
    temporary.mkdir()
    temporary.chmod(0o1777)
    for own in OWN:
        if own.is_dir() and not any(each.is_relative_to(own) for each in needed):
            _tmpfs(own, "0755" if own.name == "run" else "1777")
    network_up()
    _raise_watchers()
    return scratch


def network_up() -> None:
    """Set up loopback and forwarding in the network of the calling thread. Raises UnsettledError."""
    _run("ip", "link", "set", "lo", "up")
    for name, value in _SYSCTLS.items():
        try:
            (_NETWORK / name).write_text(value)
        except OSError as error:
            raise UnsettledError(f"net.ipv4.{name.replace('/', '.')} could not be set: {error}.") from error


def free_place(needed: Iterable[Path], mounted: Iterable[Path], places: Sequence[Path] = PLACES) -> Path | None:
    """Return the first directory whose contents are not needed; empty ones first, None when there is none."""
    kept = [*needed, *mounted]
    free = [place for place in places if place.is_dir() and not any(each.is_relative_to(place) for each in kept)]
    return min(free, key=_holds_something, default=None)


def _scratch(needed: Iterable[Path]) -> Path:
    place = free_place(needed, _mounted())
    if place:
        return place
    # A machine in a machine hides nothing in a directory of its own there, which vanishes with the outer one.
    if outer := os.environ.get(SCRATCH):
        return Path(tempfile.mkdtemp(prefix="machine-", dir=outer))
    names = ", ".join(str(each) for each in PLACES)
    raise UnsettledError(f"None of {names} can be hidden: each is missing, mounted or holds what this run needs.")


def _paths_in_use(environment: Mapping[str, str]) -> set[Path]:
    python = {sys.executable, sys.prefix, sys.base_prefix, *sys.path}
    named = {environment.get(name, "") for name in ("HOME", "GOROOT", "GOPATH", "GOCACHE", "GOMODCACHE", "TMPDIR")}
    found = {*python, *named, *environment.get("PATH", "").split(os.pathsep), str(Path(__file__).parents[2])}
    return {Path(each) for each in found if each.startswith("/")}


def _mounted() -> list[Path]:
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    return [Path(line.split()[4].encode().decode("unicode_escape")) for line in lines]


def _holds_something(place: Path) -> bool:
    return any(place.iterdir())


def _raise_watchers() -> None:
    """Raise the limit for the whole computer, permanently: lowering it could end other programs. Requires root."""
    with suppress(OSError):
        if int(_WATCHERS.read_text()) < ENOUGH_WATCHERS:
            _WATCHERS.write_text(str(ENOUGH_WATCHERS))


def _tmpfs(at: Path, mode: str) -> None:
    _run("mount", "-t", "tmpfs", "-o", f"mode={mode}", "machine", str(at))


def _run(*argv: str) -> None:
    try:
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
    except OSError as error:
        raise UnsettledError(f"{argv[0]}: {error}") from error
    if done.returncode:
        raise UnsettledError(f"{' '.join(argv)}: {done.stderr.strip()}")
