"""A program that leaves as much behind as it can, for the tests of the machine.

``python -m tests.support.mesh.inhabitant MARK`` prints what it holds as a line of JSON, and waits.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from local.machine import machine, relay

FOREVER = "import time; time.sleep(60)"
NAMESPACES = ("mnt", "net", "pid", "ipc")


def _namespaces(pid: int | str) -> list[str]:
    return [str(Path(f"/proc/{pid}/ns/{kind}").readlink()) for kind in NAMESPACES]


def _daemon(mark: str) -> None:
    """Of nobody's process group, and nobody's child."""
    child = os.fork()
    if child == 0:
        os.setsid()
        subprocess.Popen([sys.executable, "-c", FOREVER, mark])
        os._exit(0)
    # Until then it looks like this process.
    os.waitpid(child, 0)


def main(mark: str) -> None:
    """Processes, files, a mount, a network in the network, and a port."""
    _daemon(mark)
    pod = subprocess.Popen(["unshare", "--net", "--mount", sys.executable, "-c", FOREVER, mark])
    while _namespaces(pod.pid)[0] == _namespaces("self")[0]:
        time.sleep(0.02)
    subprocess.run(
        ["ip", "link", "add", "pod0", "type", "veth", "peer", "name", "eth0", "netns", str(pod.pid)], check=True
    )
    (machine.scratch() / mark).mkdir()
    subprocess.run(["mount", "-t", "tmpfs", mark, machine.scratch() / mark], check=True)
    files = [Path(os.environ["TMPDIR"]) / mark, Path("/run") / mark, Path("/dev/shm") / mark]
    for each in files:
        each.touch()
    held = {
        "namespaces": sorted({*_namespaces("self"), *_namespaces(pod.pid)}),
        "files": [str(each) for each in files],
        "port": relay.Way().open_to("127.0.0.1", 1),
    }
    print(json.dumps(held), flush=True)
    time.sleep(60)


if __name__ == "__main__":
    main(sys.argv[1])
