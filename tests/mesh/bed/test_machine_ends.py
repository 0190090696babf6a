"""However a machine ends, nothing of it is left on this computer."""

import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from local.processes import poll
from tests.support.mesh.machines import (
    SECONDS,
    Start,
    Started,
    mark,
    mounts,
    namespaces,
    one,
    output,
    pids,
    processes,
    start,
)

__all__ = ["mark", "start"]

INHABITANT = "tests.support.mesh.inhabitant"


def the_group(process: Started, mark: str) -> None:
    os.killpg(process.pid, signal.SIGINT)


def the_outer_process(process: Started, mark: str) -> None:
    process.kill()


def politely(process: Started, mark: str) -> None:
    process.terminate()


def the_command(process: Started, mark: str) -> None:
    os.kill(one(mark, lambda argv: argv[1:3] == ["-m", INHABITANT]), signal.SIGKILL)


def what_made_the_namespaces(process: Started, mark: str) -> None:
    os.kill(one(mark, lambda argv: argv[0] == "unshare" and "--fork" in argv), signal.SIGKILL)


def free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


@pytest.mark.parametrize(
    ("kill", "status"),
    [
        (the_group, 128 + signal.SIGINT),
        (politely, 128 + signal.SIGTERM),
        (the_outer_process, -signal.SIGKILL),
        (the_command, 128 + signal.SIGKILL),
        (what_made_the_namespaces, 128 + signal.SIGKILL),
    ],
)
def test_nothing_is_left(start: Start, mark: str, kill: Callable[[Started, str], None], status: int) -> None:
    before = mounts()
    process = start(sys.executable, "-m", INHABITANT, mark, ports=(0,))
    held = json.loads(output(process).readline())
    # Otherwise the rest would be proven by looking in the wrong place.
    assert len(processes(mark)) >= 6
    # Of those alone: the kernel gives the numbers of namespaces that are gone to those of other machines.
    running = pids()
    assert set(held["namespaces"]) <= namespaces(running)
    kill(process, mark)
    assert process.wait(SECONDS) == status
    assert poll(lambda: not processes(mark), within=SECONDS), processes(mark)
    # A process that ends has no arguments any more, and for a moment its namespaces still.
    assert poll(lambda: not set(held["namespaces"]) & namespaces(running), within=SECONDS)
    assert [path for path in held["files"] if Path(path).exists()] == []
    assert not [line for line in mounts() - before if mark in line]
    # The kernel closes what a killed process had open in a moment of its own.
    assert poll(lambda: free(held["port"]), within=SECONDS)


def test_it_ends_with_whoever_started_it(start: Start, mark: str) -> None:
    shell = start(sys.executable, "-m", INHABITANT, mark, ports=(0,), through=("sh", "-c", '"$@" & wait', "sh"))
    output(shell).readline()
    shell.kill()
    assert poll(lambda: not processes(mark), within=SECONDS), processes(mark)
