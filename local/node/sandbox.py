"""A pod without a container runtime: namespaces, a file system, and programs started in them."""

import subprocess
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.node import interception, network, sandbox_programs
from local.node.layer import layer
from local.node.namespaces import Namespaces, SandboxError, own_processes
from local.node.root import Root
from local.processes import Process


class PodSandbox:
    """One pod. Its methods may be called from several threads."""

    def __init__(self, name: str, address: str, folder: Path) -> None:
        """Prepare; ``create`` makes a sandbox."""
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
        """Create a pod sandbox that this machine and all other pods reach at its address.

        Raises SandboxError, after removing what it made.

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
        """Return the path of the network namespace, for ``nsenter --net=``."""
        return self._namespaces.network

    def volume(self, path: str, source: Path, read_only: bool) -> None:
        """Mount a folder or file of the machine at that path for all containers; later changes show.

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
        """Start a container's program; everything that it starts ends with it.

        A program that is not there ends with status 127 and says so in its log.
        capabilities: without CAP_, lower or upper case; as in a cluster, only user 0 has the use of them.
        """
        command = sandbox_programs.command(
            self._enter(), argv, uid=uid, gid=gid, groups=groups, capabilities=capabilities, cwd=cwd
        )
        sandbox_programs.own_log(log, uid, gid)
        with self._adding() as running, own_processes():
            process = Process(name, command, log=log, env=sandbox_programs.environment(env))
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
        command = sandbox_programs.command(
            self._enter(), argv, uid=uid, gid=gid, groups=groups, capabilities=capabilities, cwd=cwd
        )
        with self._adding() as running, own_processes():
            process = subprocess.Popen(
                command,
                env=sandbox_programs.environment(env),
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
        """Redirect a pod's network as Istio's CNI plugin does, and return whether its connections use its sidecar.

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
        """Stop everything that runs in the sandbox, and remove it; do nothing when it is removed already."""
        with self._lock:
            running, self._running = self._running or set(), None
        for process in running:
            sandbox_programs.kill(process)
        # Not the link of a pod that had the address before.
        if self._connected:
            network.disconnect(self.address)
            self._connected = False
        self._namespaces.remove()
        self._root.remove()

    @contextmanager
    def _adding(self) -> Iterator[set[subprocess.Popen[str] | Process]]:
        """Guard the start of a process against a concurrent ``remove``."""
        with self._lock:
            if self._running is None:
                raise SandboxError(f"pod {self.name} is gone")
            ended = {each for each in self._running if isinstance(each, Process) and each.exit_status is not None}
            self._running -= ended
            yield self._running

    def _end(self, process: subprocess.Popen[str]) -> None:
        sandbox_programs.kill(process)
        with self._lock:
            if self._running is not None:
                self._running.discard(process)

    def _enter(self) -> list[str]:
        return [*self._namespaces.enter(), f"--root={self._root.path}"]
