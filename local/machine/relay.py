"""Ways from the computer's loopback into a machine.

A socket belongs to the network that it was made in. So whoever starts a machine listens on 127.0.0.1 of the computer
and hands the socket to the command inside, which accepts from there and connects here; no third process passes bytes.
"""

import os
import socket
import threading
from collections.abc import Sequence
from contextlib import closing, suppress
from types import TracebackType

# Which descriptors the command inside is given, separated by commas.
LISTENERS = "MACHINE_LISTENERS"
# Browsers keep half a dozen connections each; more than these wait to be accepted.
CONNECTIONS = 64
CONNECT_SECONDS = 10
CHUNK = 65536


class NoWayError(Exception):
    """The machine was started without a port, or each that it was given is in use."""


def listen(port: int) -> socket.socket:
    """Return a listening socket on this port of 127.0.0.1; on any free port when it is taken or 0."""
    try:
        return _listening(port)
    except OSError:
        return _listening(0)


class Way:
    """The next way that this process was given and has not taken; leads nowhere until it is opened.

    Raises NoWayError.
    """

    def __init__(self) -> None:
        self._listener = _take()
        self._slots = threading.BoundedSemaphore(CONNECTIONS)
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()

    @property
    def port(self) -> int:
        """Return the port of 127.0.0.1 on the computer."""
        return int(self._listener.getsockname()[1])

    def open_to(self, address: str, port: int) -> int:
        """Forward every connection to this address inside; once. Returns the port on the computer."""
        threading.Thread(target=self._accept, args=(address, port), daemon=True, name=f"way to {address}").start()
        return self.port

    def close(self) -> None:
        """Refuse new connections and end the open ones."""
        with self._lock:
            ending = [self._listener, *self._open]
        for each in ending:
            # Closing alone would not wake the thread that waits in it.
            _shut(each, socket.SHUT_RDWR)
        self._listener.close()

    def __enter__(self) -> "Way":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _accept(self, address: str, port: int) -> None:
        while True:
            self._slots.acquire()
            try:
                visitor, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._lead, args=(visitor, address, port), daemon=True).start()

    def _lead(self, visitor: socket.socket, address: str, port: int) -> None:
        try:
            with closing(visitor), closing(socket.create_connection((address, port), CONNECT_SECONDS)) as target:
                target.settimeout(None)
                self._pass(visitor, target)
        except OSError:
            # Nobody is there yet: the visitor sees its connection end.
            return
        finally:
            self._slots.release()

    def _pass(self, visitor: socket.socket, target: socket.socket) -> None:
        with self._lock:
            self._open |= {visitor, target}
        back = threading.Thread(target=_pump, args=(target, visitor), daemon=True)
        back.start()
        _pump(visitor, target)
        back.join()
        with self._lock:
            self._open -= {visitor, target}


def given(listeners: Sequence[socket.socket]) -> dict[str, str]:
    """Return the environment variables that pass the listeners to the command inside."""
    return {LISTENERS: ",".join(str(each.fileno()) for each in listeners)} if listeners else {}


def _listening(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        # A port that the run before used a moment ago is free.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(CONNECTIONS)
    except OSError:
        listener.close()
        raise
    return listener


def _take() -> socket.socket:
    descriptors = [each for each in os.environ.pop(LISTENERS, "").split(",") if each]
    if not descriptors:
        raise NoWayError("This machine was started without a way in: python -m local.machine --port 0 -- COMMAND.")
    if rest := descriptors[1:]:
        os.environ[LISTENERS] = ",".join(rest)
    try:
        listener = socket.socket(fileno=int(descriptors[0]))
    except OSError as error:
        raise NoWayError(f"The way in did not reach this process: whoever started it closed it ({error}).") from error
    # Or every child would keep the port.
    listener.set_inheritable(False)
    return listener


def _pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(CHUNK):
            sink.sendall(data)
    except OSError:
        # Reset by one side: the other need not wait for more.
        _shut(source, socket.SHUT_RDWR)
        _shut(sink, socket.SHUT_RDWR)
    else:
        _shut(sink, socket.SHUT_WR)


def _shut(end: socket.socket, how: int) -> None:
    with suppress(OSError):
        end.shutdown(how)
