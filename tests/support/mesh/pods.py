"""Pods for tests of the runtime, and small programs that say in them what happens."""

import functools
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.machine import machine
from local.node import mounts
from local.node.sandbox import PodSandbox
from local.processes import Process
from tests.support import needs

APP, PROXY = 1000, 1337
NODE = "10.244.0.1"
# Says who is asking to whoever asks.
ECHO = """
import signal, socket, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
server = socket.create_server(("", int(sys.argv[1])))
print("ready", flush=True)
while True:
    connection, visitor = server.accept()
    connection.sendall(f"{sys.argv[2]} {visitor[0]}".encode())
    connection.close()
"""
ASK = """
import socket, sys
with socket.create_connection((sys.argv[1], int(sys.argv[2])), 3) as connection:
    print(connection.recv(100).decode())
"""


@functools.cache
def folder() -> Path:
    """Of all pods here."""
    for name in ("pilot-agent", "pilot-discovery"):
        needs.tool(name)
    return Path(tempfile.mkdtemp(prefix="pods-", dir=machine.scratch()))


class Pods:
    """Makes one after the other."""

    def __init__(self) -> None:
        self._made: list[PodSandbox] = []

    def __call__(self, **sysctls: str) -> PodSandbox:
        """pod-2 at 10.244.9.2, and so on; ``__`` in a sysctl's name is a dot."""
        number = len(self._made) + 2
        settings = {name.replace("__", "."): value for name, value in sysctls.items()}
        name = f"pod-{number}"
        pod = PodSandbox.create(name, f"10.244.9.{number}", folder() / name, hostname=name, sysctls=settings)
        self._made.append(pod)
        return pod


@contextmanager
def pods() -> Iterator[Pods]:
    """None is left afterwards."""
    made = Pods()
    try:
        yield made
    finally:
        for pod in made._made:
            pod.remove()


@contextmanager
def node() -> Iterator[None]:
    """An address of the host of all pods, and a server on it."""
    subprocess.run(["ip", "address", "replace", f"{NODE}/32", "dev", "lo"], check=True)
    try:
        with subprocess.Popen(
            [sys.executable, "-c", ECHO, "8080", "node"], stdout=subprocess.PIPE, text=True
        ) as server:
            assert server.stdout is not None
            assert server.stdout.readline() == "ready\n"
            yield
            server.kill()
    finally:
        subprocess.run(["ip", "address", "delete", f"{NODE}/32", "dev", "lo"], check=True)


def said(pod: PodSandbox, *argv: str, uid: int = APP, **options: Any) -> str:
    """What a program in the pod prints; it has to succeed."""
    done = pod.run(argv, {}, uid=uid, gid=uid, timeout=20, **options)
    assert done.returncode == 0, done.stderr or done.stdout
    return done.stdout.strip()


def ask(pod: PodSandbox, address: str, port: int = 8080, uid: int = APP) -> str:
    """Who answers there, and whom they take for the visitor."""
    return said(pod, sys.executable, "-c", ASK, address, str(port), uid=uid)


def serve(pod: PodSandbox, port: int, text: str, uid: int = APP) -> Process:
    """A program that listens on all addresses of the pod, and answers with ``text`` and the visitor's address."""
    log = Path(tempfile.mkdtemp(), "log")
    process = pod.start(text, [sys.executable, "-c", ECHO, str(port), text], {}, uid=uid, gid=uid, log=log)
    process.until(lambda: "ready" in process.tail(), within=10)
    return process


def inside(pod: PodSandbox) -> list[int]:
    """Processes in the pod's network."""
    network = Path(pod.network).stat().st_ino
    found = []
    for each in Path("/proc").iterdir():
        try:
            if each.name.isdecimal() and (each / "ns/net").stat().st_ino == network:
                found.append(int(each.name))
        except OSError:
            continue
    return found


def left() -> dict[str, str]:
    """What a pod could leave behind."""
    commands = {"links": "ip -o link", "routes": "ip route show table all", "processes": "ps -eo args"}
    found = {name: subprocess.check_output(command.split(), text=True) for name, command in commands.items()}
    return found | {"mounts": "\n".join(mounts.points())}
