"""A Kubernetes control plane of the real programs: etcd, API server, controllers, scheduler and proxy.

There is no kubelet among them (``local.node`` plays it), so `kubectl exec`, `logs` and `port-forward` have nobody to
ask. The programs are children of this process and end with it, in order with the block, and by the kernel when this
process is killed inside a machine of its own.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import urllib3

from local.control_plane import files
from local.control_plane.api import Api
from local.control_plane.api_errors import ApiRefusedError
from local.control_plane.network import ADDRESS, API_PORT, PROXY_HEALTH_PORT, SERVICE_RANGE
from local.control_plane.programs import API_SERVER, CONTROLLERS, ETCD, PROXY, SCHEDULER, command
from local.machine import machine
from local.processes import Process
from local.tools import tools

# Seconds until a program must be ready: generous, for machines that do other things.
READY = 90.0
# The proxy waits for a Node of its name, and one Node stands for none of those that join.
PROXY_NODE = "local"


class CommandFailedError(Exception):
    """kubectl ended with an error; the text is what it said."""


class ControlPlane:
    """One that runs, with an administrator's ways into it.

    folder: logs in ``logs``, and keys. address: of the API server, reachable from pods.
    """

    def __init__(self, folder: Path, address: str) -> None:
        self.folder, self.address = folder, address
        self._files = files.write(folder / "keys", address, API_PORT)
        self._processes: dict[str, Process] = {}
        self.kubeconfig = self._files.kubeconfigs["admin"]
        self.api = Api.of(self.kubeconfig)

    def kubectl(self, *arguments: str, input: str | None = None) -> str:
        """Run kubectl and return its output. Raises CommandFailedError with kubectl's error output."""
        binary = Path(sys.executable).parent / "kubectl"
        done = self._run([str(binary), "--cache-dir", str(self.folder / "kubectl-cache"), *arguments], input)
        if done.returncode:
            raise CommandFailedError(f"kubectl {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def istioctl(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run istioctl and return its status and output."""
        return self._run([str(tools.path("istioctl")), *arguments], None)

    def token(self, namespace: str, service_account: str, audience: str) -> str:
        """Return a token of a ServiceAccount for an audience, valid for an hour."""
        wanted = {
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenRequest",
            "spec": {"audiences": [audience], "expirationSeconds": 3600},
        }
        made = self.api.post("v1", "ServiceAccount", service_account, namespace, "token", wanted)
        return str(made["status"]["token"])

    def tail(self, name: str, lines: int = 20) -> str:
        """Return the last lines of a program's log."""
        return self._processes[name].tail(lines)

    def pids(self) -> dict[str, int]:
        """Return the process IDs of the programs, by name."""
        return {name: process.pid for name, process in self._processes.items()}

    def start(self, name: str) -> None:
        """Start one of the programs, and wait until it works. Raises ProcessFailedError."""
        self._spawn(name)
        self._wait(name)

    def stop(self, name: str) -> None:
        """Stop one of the programs at once, as a crash does; its data stays for the next start."""
        self._processes[name].signal(signal.SIGKILL)
        self._processes[name].stop()

    def restart(self, name: str) -> None:
        """Stop one of the programs and start it again."""
        self.stop(name)
        self.start(name)

    def start_all(self) -> None:
        """Start everything, in order."""
        self._spawn(ETCD)
        self._spawn(API_SERVER)
        self._wait(API_SERVER)
        with self._proxy_node():
            for name in (CONTROLLERS, SCHEDULER, PROXY):
                self._spawn(name)
            for name in (CONTROLLERS, SCHEDULER, PROXY):
                self._wait(name)

    def stop_all(self) -> None:
        """Stop everything; clients of other programs first."""
        for name in reversed(self._processes):
            self.stop(name)

    def _spawn(self, name: str) -> None:
        self._processes[name] = Process(
            name,
            command(name, self._files, self.folder, self.address),
            log=self.folder / "logs" / f"{name}.log",
            env=self._environment(),
            cwd=self.folder,
        )

    def _wait(self, name: str) -> None:
        ready = {API_SERVER: self._serves, CONTROLLERS: self._controls, PROXY: _proxies}.get(name)
        if ready:
            self._processes[name].until(ready, within=READY)

    def _serves(self) -> bool:
        try:
            return self.api.request("GET", "/readyz") == {"text": "ok"}
        except ApiRefusedError:
            return False

    def _controls(self) -> bool:
        """Return whether the controllers have made the two objects that every Pod needs."""
        account = self.api.get("v1", "ServiceAccount", "default", "default")
        return bool(account and self.api.get("v1", "ConfigMap", "kube-root-ca.crt", "default"))

    @contextmanager
    def _proxy_node(self) -> Iterator[None]:
        """Create the proxy's Node: without it the proxy waits half a minute, although its address is given."""
        node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": PROXY_NODE}, "spec": {"unschedulable": True}}
        address = {"type": "InternalIP", "address": self.address}
        self.api.create(node)
        self.api.patch_status(node | {"status": {"addresses": [address]}})
        try:
            yield
        finally:
            self.api.delete("v1", "Node", PROXY_NODE)

    def _run(self, argv: Sequence[str], input: str | None) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(argv, env=self._environment(), input=input, capture_output=True, text=True, timeout=120)

    def _environment(self) -> dict[str, str]:
        """Return an environment without the caller's variables: no proxy, no other cluster, no other home."""
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), "KUBECONFIG": str(self.kubeconfig)}


@contextmanager
def running(folder: Path, *, address: str = ADDRESS) -> Iterator[ControlPlane]:
    """Run a control plane while the block runs; ``folder`` keeps its logs and data. Raises ProcessFailedError.

    Raises RuntimeError outside of a machine of its own: it takes addresses and ports, and writes packet rules.
    """
    if not machine.inside():
        raise RuntimeError("A control plane runs in a machine of its own only: python -m local.machine -- COMMAND.")
    _network(address)
    plane = ControlPlane(folder, address)
    try:
        plane.start_all()
        yield plane
    finally:
        plane.stop_all()


def _network(address: str) -> None:
    """Add the address, and a route for the machine's own traffic to Services, as a default route would be."""
    for argv in (f"address replace {address}/32 dev lo", f"route replace {SERVICE_RANGE} dev lo src {address}"):
        subprocess.run(["ip", *argv.split()], check=True)


def _proxies() -> bool:
    try:
        return urllib3.request("GET", f"http://127.0.0.1:{PROXY_HEALTH_PORT}/healthz", retries=False).status == 200
    except urllib3.exceptions.HTTPError:
        return False
