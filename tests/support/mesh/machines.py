"""Machines started as a person would, and a look at what of them is on this computer."""

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO

import pytest

from local.machine import init

ROOT = Path(__file__).parents[3]
MACHINE = [sys.executable, "-m", "local.machine"]
SECONDS = 15.0
# A job in the background of a shell is born with signals ignored, and so are its children. Not by a function that runs
# in the child: gRPC, which other tests of this process use, closes descriptors of a child that runs Python.
HEEDING = ["env", "--default-signal=" + ",".join(number.name.removeprefix("SIG") for number in init.ENDING)]

Started = subprocess.Popen[str]
Start = Callable[..., Started]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a command in a machine, in a process group of its own as a terminal would."""
    started: list[Started] = []

    def begin(*command: str, ports: tuple[int, ...] = (), through: tuple[str, ...] = ()) -> Started:
        options = [text for port in ports for text in ("--port", str(port))]
        argv = [*HEEDING, *through, *MACHINE, *options, "--", *command]
        pipe = subprocess.PIPE
        process = subprocess.Popen(argv, cwd=ROOT, stdin=pipe, stdout=pipe, text=True, start_new_session=True)
        started.append(process)
        return process

    yield begin
    for each in started:
        each.kill()
        each.wait()
        for pipe in (each.stdin, each.stdout):
            assert pipe is not None
            pipe.close()


@pytest.fixture
def mark() -> Iterator[str]:
    """An argument by which every process of one test is known; none of them is left by it, even when it fails."""
    made = f"mark-{uuid.uuid4()}"
    yield made
    for pid in processes(made):
        os.kill(pid, signal.SIGKILL)


def output(of: Started) -> IO[str]:
    assert of.stdout is not None
    return of.stdout


def done(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*MACHINE, "--", *command], cwd=ROOT, capture_output=True, text=True, timeout=60)


def processes(mark: str) -> dict[int, list[str]]:
    found = {}
    for pid in pids():
        try:
            argv = Path("/proc", str(pid), "cmdline").read_text(errors="replace").split("\0")
        except OSError:
            continue
        if mark in argv:
            found[pid] = argv
    return found


def one(mark: str, like: Callable[[list[str]], bool]) -> int:
    [pid] = [pid for pid, argv in processes(mark).items() if like(argv)]
    return pid


def namespaces(among: Iterable[int]) -> set[str]:
    """That any of these processes is in, as far as this user may look."""
    found = set()
    for pid in among:
        for kind in ("mnt", "net", "pid", "ipc"):
            try:
                found.add(str(Path(f"/proc/{pid}/ns/{kind}").readlink()))
            except OSError:
                break
    return found


def pids() -> list[int]:
    return [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit()]


def mounts() -> set[str]:
    return set(Path("/proc/self/mountinfo").read_text().splitlines())
