"""Visitors who ask without a pause, and count what they lose."""

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socket import socket

from local.nlb.visitor import Visitor

# Threads of each kind, and seconds between two requests of one.
THREADS, PAUSE = 3, 0.04
PATIENCE = 10.0


@dataclass
class Count:
    """asked: requests by kind. lost: what went wrong, one line each: no answer, or one of a broken server."""

    asked: dict[str, int] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __str__(self) -> str:
        return f"{sum(self.asked.values())} requests ({self.asked}), {len(self.lost)} lost {self.lost[:3]}"

    def note(self, kind: str, complaint: str) -> None:
        """One request was asked; ``complaint`` is empty when it was answered."""
        with self.lock:
            self.asked[kind] = self.asked.get(kind, 0) + 1
            if complaint:
                self.lost.append(f"{kind}: {complaint}")


@contextmanager
def load(visitor: Visitor, address: str, path: str) -> Iterator[Count]:
    """While the block runs: some open a connection for each request, others keep theirs as long as they may."""
    count, over = Count(), threading.Event()

    def connect() -> http.client.HTTPConnection:
        made = http.client.HTTPConnection(address, timeout=PATIENCE)
        made.sock = visitor.connect(address, 80, PATIENCE)
        return made

    workers = (lambda: _anew(connect, path, count, over), lambda: _kept(connect, path, count, over))
    threads = [threading.Thread(target=worker, daemon=True) for worker in workers for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    try:
        yield count
    finally:
        over.set()
        for thread in threads:
            thread.join(2 * PATIENCE)


Connect = Callable[[], http.client.HTTPConnection]


def _anew(connect: Connect, path: str, count: Count, over: threading.Event) -> None:
    while not over.wait(PAUSE):
        complaint, connection = _ask(connect, None, path, {"Connection": "close"})
        count.note("new connection", complaint)
        if connection:
            connection.close()


def _kept(connect: Connect, path: str, count: Count, over: threading.Event) -> None:
    connection: http.client.HTTPConnection | None = None
    while not over.wait(PAUSE):
        complaint, connection = _ask(connect, connection, path, {})
        count.note("kept connection", complaint)
    if connection:
        connection.close()


def _ask(
    connect: Connect, connection: http.client.HTTPConnection | None, path: str, headers: dict[str, str]
) -> tuple[str, http.client.HTTPConnection | None]:
    """What went wrong, and the connection if the server lets it be used again."""
    try:
        used = connection or connect()
        used.request("GET", path, headers=headers)
        answer = used.getresponse()
        answer.read()
        kept: socket | None = used.sock
        complaint = str(answer.status) if answer.status >= 500 else ""
        return complaint, used if kept and not complaint else None
    except (OSError, http.client.HTTPException) as error:
        return f"{type(error).__name__}: {error}", None
