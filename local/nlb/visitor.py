"""Somebody outside, with an address of his own: a network of its own beside the machine's."""

import ctypes
import json
import os
import subprocess
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from socket import create_connection, socket
from typing import TypeVar

from local.nlb import network
from local.nlb.browser import Browser

CLONE_NEWNET = 0x40000000
# Next hop that nobody has; only its neighbour entry counts.
NEXT_HOP = "169.254.1.1"
_LIBC = ctypes.CDLL(None, use_errno=True)
_NUMBERS = iter(range(1, 10_000))
Result = TypeVar("Result")


class Visitor(Browser):
    """Asks as anybody on the internet would, from ``address``. Ends with ``close`` or its block.

    A thread of its own lives in the visitor's network; sockets that it opens may be used by every thread, as may what
    ``Browser`` offers. The kernel takes the network away with its last socket.
    """

    def __init__(self, address: str = network.VISITORS.format(2)) -> None:
        self.address = address
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"visitor {address}")
        self._link = f"visitor{next(_NUMBERS)}"
        place = self._thread.submit(_leave_network).result()
        try:
            self._connect_networks(place)
        except BaseException:
            self._thread.shutdown()
            raise

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove the link, and with it every open connection."""
        subprocess.run(["ip", "link", "delete", self._link], capture_output=True)
        self._thread.shutdown()

    def connect(self, address: str, port: int, timeout: float) -> socket:
        """Open a connection from the visitor's address. Raises OSError."""
        return self.inside(lambda: create_connection((address, port), timeout))

    def inside(self, act: Callable[[], Result]) -> Result:
        """Run a function in the visitor's network, one call at a time."""
        return self._thread.submit(act).result()

    def run(self, argv: Sequence[str], *, timeout: float = 30) -> "subprocess.CompletedProcess[str]":
        """Run a program in the visitor's network."""
        return self.inside(lambda: subprocess.run(argv, capture_output=True, text=True, timeout=timeout))

    def _connect_networks(self, place: str) -> None:
        _ip("link", "add", self._link, "type", "veth", "peer", "name", "eth0", "netns", place)
        _ip("link", "set", self._link, "up")
        _ip("route", "add", f"{self.address}/32", "dev", self._link)
        peer = _hardware_address(self._link)
        self.inside(lambda: self._configure(peer))

    def _configure(self, peer: str) -> None:
        _ip("link", "set", "lo", "up")
        _ip("address", "add", f"{self.address}/32", "dev", "eth0")
        _ip("link", "set", "eth0", "up")
        _ip("neighbour", "add", NEXT_HOP, "lladdr", peer, "dev", "eth0", "nud", "permanent")
        _ip("route", "add", "default", "via", NEXT_HOP, "dev", "eth0", "onlink")


def _leave_network() -> str:
    """Move only this thread into a new network namespace, and return the path where others find it."""
    if _LIBC.unshare(CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "unshare(CLONE_NEWNET)")
    return f"/proc/{os.getpid()}/task/{threading.get_native_id()}/ns/net"


def _hardware_address(link: str) -> str:
    # Not from /sys, which may show another network.
    told = subprocess.run(["ip", "-json", "link", "show", link], check=True, capture_output=True).stdout
    return str(json.loads(told)[0]["address"])


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)
