"""Process 1 of a machine: runs one command, buries what is left of others, ends when the command has ended.

When it ends, by whatever cause, the kernel ends every process of the machine, and its mounts and network are gone.
"""

import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from local.machine import place, relay

# What people and supervisors end a program with.
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# How long a command may take to end after SIGTERM or SIGHUP. Ctrl-C has no limit: whoever pressed it waits or repeats.
GRACE = 30.0
# A signal for the whole process group reaches this process, the command and the one outside at nearly the same time.
TOGETHER = 1.0
# As shells say it.
NOT_FOUND, NOT_EXECUTABLE, BY_SIGNAL = 127, 126, 128


class Command:
    """The command, and what it and this process have been told so far."""

    def __init__(self, pid: int, wake: int, control: socket.socket) -> None:
        self._pid = pid
        self._wake = wake
        self._control = control
        self._seen: dict[int, float] = {}
        self._deadline: tuple[float, int] | None = None
        self._status: int | None = None

    def ended(self) -> int:
        """Wait for the command; return its exit status, or 128 and the signal that ended it."""
        while self._status is None:
            left = None if self._deadline is None else self._deadline[0] - time.monotonic()
            if left is not None and left <= 0:
                return BY_SIGNAL + (self._deadline or (0, signal.SIGKILL))[1]
            control = self._control.fileno()
            ready, _, _ = select.select([self._wake, control], [], [], left)
            if self._wake in ready:
                self._hear(os.read(self._wake, 4096))
            if control in ready and not self._obey(self._control.recv(64)):
                return BY_SIGNAL + signal.SIGKILL
        return self._status

    def _hear(self, numbers: bytes) -> None:
        for number in numbers:
            if number == signal.SIGCHLD:
                self._bury()
            else:
                self._seen[number] = time.monotonic()
                self._limit(number)

    def _obey(self, numbers: bytes) -> bool:
        """Pass on signals from outside; return whether the other end is still open."""
        for number in numbers:
            if time.monotonic() - self._seen.get(number, -TOGETHER) >= TOGETHER and self._status is None:
                os.kill(self._pid, number)
                self._limit(number)
        return bool(numbers)

    def _limit(self, number: int) -> None:
        if number != signal.SIGINT and self._deadline is None:
            self._deadline = (time.monotonic() + GRACE, number)

    def _bury(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid == self._pid:
                code = os.waitstatus_to_exitcode(status)
                self._status = code if code >= 0 else BY_SIGNAL - code


def _listen_for_signals() -> int:
    """Return a descriptor that gets each signal's number as a byte; the command does not inherit the handlers."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    for number in (*ENDING, signal.SIGCHLD):
        # What was ignored outside (nohup, a shell's background job) stays ignored, here and in the command.
        if signal.getsignal(number) is not signal.SIG_IGN or number == signal.SIGCHLD:
            signal.signal(number, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
    return reading


def _pending(wake: int) -> int:
    """Return the ending signal that came before the command started, 0 for none."""
    if not select.select([wake], [], [], 0)[0]:
        return 0
    return next((number for number in os.read(wake, 4096) if number in ENDING), 0)


def _environment(scratch: Path, listeners: Sequence[socket.socket]) -> Mapping[str, str]:
    # No proxy can be reached from here, and clients must not look for what is here behind one.
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    kept.pop(relay.LISTENERS, None)
    temporary = str(scratch / "tmp")
    return {**kept, place.SCRATCH: str(scratch), "TMPDIR": temporary, **relay.given(listeners)}


def run(control: socket.socket, cwd: Path, listeners: Sequence[socket.socket], argv: Sequence[str]) -> int:
    """Make the machine, run the command in it, and return its exit status."""
    wake = _listen_for_signals()
    try:
        scratch = place.settle(argv, cwd)
        passed = [each.fileno() for each in listeners]
        env = _environment(scratch, listeners)
        if early := _pending(wake):
            return BY_SIGNAL + early
        started = subprocess.Popen(list(argv), cwd=cwd, env=env, pass_fds=passed)
    except (place.UnsettledError, OSError) as error:
        print(f"machine: {error}", file=sys.stderr, flush=True)
        return _could_not(error)
    for each in listeners:
        each.close()
    return Command(started.pid, wake, control).ended()


def _could_not(error: Exception) -> int:
    if isinstance(error, FileNotFoundError):
        return NOT_FOUND
    return NOT_EXECUTABLE if isinstance(error, OSError) else 1


def main(arguments: Sequence[str]) -> int:
    """Run with these arguments: descriptor to obey, working directory, descriptors to listen on (commas), command."""
    control, cwd, listeners, *argv = arguments
    sockets = [socket.socket(fileno=int(each)) for each in listeners.split(",") if each]
    return run(socket.socket(fileno=int(control)), Path(cwd), sockets, argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
