"""How a program is run inside a pod: as whom, with what environment and log, and how it is ended."""

import os
import subprocess
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from local.processes import Process

# As container runtimes set it where an image does not.
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def command(
    enter: Sequence[str],
    argv: Sequence[str],
    *,
    uid: int,
    gid: int,
    groups: Collection[int],
    capabilities: Collection[str],
    cwd: str,
) -> list[str]:
    """Return the whole command line; ``enter`` enters the pod's namespaces and file system with ``nsenter``.

    nsenter and setpriv each become the next program: the pid and the signals are the last one's.
    """
    kept = "".join(f",+{each.lower().removeprefix('cap_')}" for each in sorted(capabilities))
    return [
        *enter,
        f"--wdns={cwd}",
        "setpriv",
        f"--reuid={uid}",
        f"--regid={gid}",
        f"--groups={','.join(map(str, groups))}" if groups else "--clear-groups",
        "--no-new-privs",
        "--inh-caps=-all",
        f"--bounding-set=-all{kept}",
        *argv,
    ]


def own_log(log: Path, uid: int, gid: int) -> None:
    """Give the program its log.

    A program that writes to /dev/stdout opens the file behind it again, with rights of its own.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    log.touch()
    os.chown(log, uid, gid)


def environment(env: Mapping[str, str]) -> dict[str, str]:
    """Return the environment with the variables that a runtime adds where an image does not."""
    return {"PATH": PATH, "HOME": "/", **env}


def kill(process: "subprocess.Popen[str] | Process") -> None:
    """Kill the process now."""
    if isinstance(process, Process):
        process.stop(grace=0)
        return
    if process.poll() is None:
        process.kill()
    process.wait()
