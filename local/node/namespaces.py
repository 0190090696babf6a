"""Kernel namespaces that pods and containers are made of."""

import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from local.node import mounts

CLONE_NEWPID = 0x20000000
_LIBC = ctypes.CDLL(None, use_errno=True)

# Host name, then file and value of each setting of the kernel, as seen from within.
_SETTLE = """
set -e
printf %s "$1" > /proc/sys/kernel/hostname; shift
while [ $# -gt 0 ]; do printf %s "$2" > "/proc/sys/$1"; shift 2; done
"""


class SandboxError(Exception):
    """A pod could not be made, or not as asked; the text is for whoever reads the pod's events."""


class Namespaces:
    """Network and host name of one pod, held by two files and not by a process."""

    def __init__(self, folder: Path) -> None:
        self.network, self._host_name = folder / "network", folder / "host-name"

    def create(self, hostname: str, sysctls: Mapping[str, str]) -> None:
        """Create both namespaces. Raises SandboxError when a setting is not one of the network, or is refused."""
        refused = sorted(name for name in sysctls if not name.startswith("net."))
        if refused:
            raise SandboxError(f"sysctls outside a pod's own network: {', '.join(refused)}")
        self.network.touch()
        self._host_name.touch()
        settings = [part for name, value in sysctls.items() for part in (name.replace(".", "/"), str(value))]
        made = [f"--net={self.network}", f"--uts={self._host_name}"]
        command("unshare", *made, "sh", "-c", _SETTLE, "sh", hostname, *settings)

    def enter(self) -> list[str]:
        """Return the prefix of a command line that makes it run in both namespaces."""
        return [_path("nsenter"), f"--net={self.network}", f"--uts={self._host_name}"]

    def remove(self) -> None:
        """Remove both namespaces; they end with the last process in them."""
        for each in (self.network, self._host_name):
            mounts.detach(each)
            each.unlink(missing_ok=True)


@contextmanager
def own_processes() -> Iterator[None]:
    """Make the one process that this thread starts within number 1 of its own pid namespace, as a container's is.

    So the kernel ends whatever it started when it ends. It also shields it, as in a cluster: a signal that it has
    no handler for does nothing, SIGKILL apart.
    """
    # Of this thread alone, unlike preexec_fn, which is not safe beside other threads.
    here = os.open("/proc/self/ns/pid", os.O_RDONLY)
    try:
        _checked(_LIBC.unshare(CLONE_NEWPID))
        try:
            yield
        finally:
            _checked(_LIBC.setns(here, CLONE_NEWPID))
    finally:
        os.close(here)


def command(program: str, *arguments: str, enter: Sequence[str] = (), text: str | None = None) -> None:
    """Run a program of this computer to its end, with ``text`` on its standard input. Raises SandboxError."""
    argv = [*enter, _path(program), *arguments]
    done = subprocess.run(argv, input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SandboxError(
            f"{program} ended with status {done.returncode}: {done.stderr.strip() or done.stdout.strip()}"
        )


def _path(program: str) -> str:
    # Administrators' programs are not on everybody's path.
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin:/usr/bin:/bin")
    if found is None:
        raise SandboxError(f"there is no {program} on this computer")
    return found


def _checked(status: int) -> None:
    if status != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
