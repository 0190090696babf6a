"""A machine inside this one: its own processes, mounts, network and scratch files, by Linux namespaces.

Whatever way it ends, nothing of it is left: its process 1 dies with whoever started it, and the kernel then ends every
other process in it and undoes the rest. Two of them side by side share no address, port or file.

    python -m local.machine [--port N] -- COMMAND ...
"""

import argparse
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

from local.machine import init, place, relay
from local.machine.needs import lacking, namespaces, search_path

ROOT = Path(__file__).parents[2]
CLONE_NEWNET = 0x40000000
# prctl(2): the signal a process gets when the one that started it is gone.
PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


def inside() -> bool:
    """Return whether this process is in a machine."""
    named = os.environ.get(place.SCRATCH)
    return named is not None and os.path.ismount(named)


def scratch() -> Path:
    """Return the directory that is deleted with the machine; TMPDIR is in it. Raises RuntimeError outside of one."""
    _only_inside()
    return Path(os.environ[place.SCRATCH])


def enter(argv: Sequence[str], ports: Sequence[int] = ()) -> NoReturn:
    """Become the command in a machine of its own: its exit status, or 128 and the number of a signal that ended it.

    ports: of 127.0.0.1, that the command may lead inside by ``relay.Way``; any free one for 0 and for what is taken.
    SIGINT, SIGTERM and SIGHUP reach the command once, whether they are meant for this process or its whole group; the
    end of the process that started this one reaches it as SIGTERM.
    """
    _tie_to_parent(signal.SIGTERM, os.getppid())
    listeners = [relay.listen(port) for port in ports]
    ours, theirs = socket.socketpair()
    with ours:
        _forward(ours)
        process = _start(argv, theirs, listeners)
        status = process.wait()
    sys.exit(status if status >= 0 else init.BY_SIGNAL - status)


def fresh_network() -> None:
    """Give this process an empty network of its own in the machine; before it starts threads or children.

    Raises RuntimeError outside of a machine.
    """
    _only_inside()
    if _LIBC.unshare(CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "no network of its own for this process")
    place.network_up()


def _only_inside() -> None:
    if not inside():
        raise RuntimeError("Only inside a machine: python -m local.machine -- COMMAND.")


def _start(argv: Sequence[str], control: socket.socket, listeners: Sequence[socket.socket]) -> subprocess.Popen[bytes]:
    descriptors = ",".join(str(each.fileno()) for each in listeners)
    inner = [sys.executable, "-m", init.__name__, str(control.fileno()), str(Path.cwd()), descriptors, *argv]
    process = subprocess.Popen(
        ["unshare", *namespaces(), "--", *inner],
        cwd=ROOT,
        env={**os.environ, "PATH": search_path()},
        pass_fds=[control.fileno(), *(each.fileno() for each in listeners)],
        preexec_fn=_child_of(os.getpid()),
    )
    for each in (control, *listeners):
        each.close()
    return process


def _child_of(parent: int) -> Callable[[], None]:
    def prepare() -> None:
        # `unshare` itself does not end before its child; process 1 takes the signals up again.
        signal.pthread_sigmask(signal.SIG_BLOCK, init.ENDING)
        _tie_to_parent(signal.SIGKILL, parent)

    return prepare


def _tie_to_parent(number: signal.Signals, parent: int) -> None:
    _LIBC.prctl(PR_SET_PDEATHSIG, number)
    # The kernel says nothing of a parent that was gone before.
    if os.getppid() != parent:
        os.kill(os.getpid(), number)


def _forward(control: socket.socket) -> None:
    def forward(number: int, frame: FrameType | None) -> None:
        # By then process 1 knows whether the signal was meant for the group, so that the command has it already.
        time.sleep(0.1)
        try:
            control.send(bytes([number]))
        except OSError:
            return

    for number in init.ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, forward)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command in a machine.

    Exit status: that of the command; 1 when no machine can be made here, 2 usage.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(
        prog="python -m local.machine", usage="%(prog)s [--port N] -- COMMAND ...", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--port", type=int, action="append", default=[], help="of 127.0.0.1, to lead inside; 0: any")
    at = given.index("--") if "--" in given else len(given)
    options, command = parser.parse_args(given[:at]), given[at + 1 :]
    if not command:
        parser.error("no command after --")
    if missing := lacking():
        print("No machine of namespaces can be made here.", *missing, sep="\n  ", file=sys.stderr)
        return 1
    enter(command, options.port)
