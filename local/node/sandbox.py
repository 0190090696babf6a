"""A pod without a container runtime: namespaces, a file system, and programs started in them."""

import os
import subprocess
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.node import interception, network
from local.node.layer import layer
from local.node.namespaces import Namespaces, SandboxError, own_processes
from local.node.root import Root
from local.processes import Process

# As container runtimes set it where an image does not.
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class PodSandbox:
    """One pod. Its methods may be called from several threads."""

    def __init__(self, name: str, address: str, folder: Path) -> None:
        """``create`` is how one is made."""
        self.name, self.address = name, address
        self._namespaces = Namespaces(folder)
        self._root = Root(folder, layer(folder.parent))
        self._connected = False
        # Everything that runs in it; None when it is gone.
        self._running: set[subprocess.Popen[str] | Process] | None = set()
        self._lock = threading.Lock()

    @classmethod
    def create(
        cls, name: str, address: str, folder: Path, *, hostname: str, sysctls: Mapping[str, str]
    ) -> "PodSandbox":
        """Make a pod that this machine and all other pods reach at its address. Raises SandboxError, leaving nothing.

        folder: on the machine's own file system, this pod's alone; all pods' folders have one parent.
        """
        folder.mkdir(parents=True, exist_ok=True)
        made = cls(name, address, folder)
        try:
            made._root.create()
            made._namespaces.create(hostname, sysctls)
            network.connect(address, made.network, made._namespaces.enter())
            made._connected = True
        except BaseException as error:
            made.remove()
            if isinstance(error, OSError):
                raise SandboxError(f"pod {name}: {error}") from error
            raise
        return made

    @property
    def network(self) -> Path:
        """Its network namespace, for ``nsenter --net=``."""
        return self._namespaces.network

    def volume(self, path: str, source: Path, read_only: bool) -> None:
        """Show a folder or file of the machine at that path to all containers, now and as it changes.

        Raises SandboxError. Outer paths come before those within them.
        """
        self._root.volume(path, source, read_only)

    def start(
        self,
        name: str,
        argv: Sequence[str],
        env: Mapping[str, str],
        *,
        uid: int,
        gid: int,
        log: Path,
        cwd: str = "/",
        groups: Collection[int] = (),
        capabilities: Collection[str] = (),
    ) -> Process:
        """Start a container's program, which takes all it starts with it when it ends.

        A program that is not there ends with status 127 and says so in its log.
        capabilities: without CAP_, lower or upper case; as in a cluster, only user 0 has the use of them.
        """
        command = self._command(argv, uid, gid, groups, capabilities, cwd)
        _its_own(log, uid, gid)
        with self._adding() as running, own_processes():
            process = Process(name, command, log=log, env=_environment(env))
            running.add(process)
        return process

    def run(
        self,
        argv: Sequence[str],
        env: Mapping[str, str],
        *,
        uid: int,
        gid: int,
        timeout: float,
        cwd: str = "/",
        groups: Collection[int] = (),
        capabilities: Collection[str] = (),
        text: str | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a program to its end, as ``kubectl exec`` would; ``text`` is its standard input.

        Raises subprocess.TimeoutExpired when it takes longer; it and all it started is then ended.
        """
        command = self._command(argv, uid, gid, groups, capabilities, cwd)
        with self._adding() as running, own_processes():
            process = subprocess.Popen(
                command,
                env=_environment(env),
                stdin=subprocess.DEVNULL if text is None else subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                start_new_session=True,
            )
            running.add(process)
        try:
            said, complained = process.communicate(text, timeout)
        finally:
            self._end(process)
        return subprocess.CompletedProcess(list(argv), process.returncode, said, complained)

    def intercept(self, pod: Mapping[str, Any]) -> bool:
        """Do to a pod's network what Istio's CNI plugin does; whether the pod's connections now go by its sidecar.

        Raises SandboxError.
        """
        try:
            asked = interception.arguments(pod)
        except ValueError as error:
            raise SandboxError(f"pod {self.name}: {error}") from None
        if asked is None:
            return False
        rights = ("net_admin", "net_raw")
        done = self.run(["pilot-agent", "istio-iptables", *asked], {}, uid=0, gid=0, timeout=60, capabilities=rights)
        if done.returncode:
            raise SandboxError(f"pod {self.name}: istio-iptables: {(done.stderr or done.stdout).strip()}")
        return True

    def remove(self) -> None:
        """End all that runs in it, and take it away; once more does nothing."""
        with self._lock:
            running, self._running = self._running or set(), None
        for process in running:
            _kill(process)
        # Not the link of a pod that had the address before.
        if self._connected:
            network.disconnect(self.address)
            self._connected = False
        self._namespaces.remove()
        self._root.remove()

    @contextmanager
    def _adding(self) -> Iterator[set[subprocess.Popen[str] | Process]]:
        """Nothing is started behind the back of ``remove``."""
        with self._lock:
            if self._running is None:
                raise SandboxError(f"pod {self.name} is gone")
            ended = {each for each in self._running if isinstance(each, Process) and each.exit_status is not None}
            self._running -= ended
            yield self._running

    def _end(self, process: subprocess.Popen[str]) -> None:
        _kill(process)
        with self._lock:
            if self._running is not None:
                self._running.discard(process)

    def _command(
        self,
        argv: Sequence[str],
        uid: int,
        gid: int,
        groups: Collection[int],
        capabilities: Collection[str],
        cwd: str,
    ) -> list[str]:
        """nsenter and setpriv each become the next program: the pid and the signals are the last one's."""
        kept = "".join(f",+{each.lower().removeprefix('cap_')}" for each in sorted(capabilities))
        return [
            *self._namespaces.enter(),
            f"--root={self._root.path}",
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


def _its_own(log: Path, uid: int, gid: int) -> None:
    """Programs that write to /dev/stdout open what is behind it anew, with their own rights."""
    log.parent.mkdir(parents=True, exist_ok=True)
    log.touch()
    os.chown(log, uid, gid)


def _environment(env: Mapping[str, str]) -> dict[str, str]:
    return {"PATH": PATH, "HOME": "/", **env}


def _kill(process: subprocess.Popen[str] | Process) -> None:
    if isinstance(process, Process):
        process.stop(grace=0)
        return
    if process.poll() is None:
        process.kill()
    process.wait()
