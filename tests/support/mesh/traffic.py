"""Visitors who look at Bookinfo without a pause: every look is five connections between sidecars, and none may fail."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from local.nlb.visitor import Visitor
from local.processes import poll
from local.world.mesh import Mesh

URL = "http://bookinfo.test/productpage"
# Whose page shows stars: it takes the way over ratings, too.
COOKIE = {"cookie": "session=jason"}
PARTS = ("<dl>", 'data-color="black"')
# Threads, and seconds between two looks of one.
THREADS, PAUSE = 2, 0.1
SERVES = 60.0


@dataclass
class Looks:
    """tried: how many. lost: what was wrong with some, one line each."""

    tried: int = 0
    lost: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, complaint: str) -> None:
        """One more; nothing to complain about is empty."""
        with self._lock:
            self.tried += 1
            self.lost += [complaint] if complaint else []


def begin(mesh: Mesh) -> None:
    """Wait until visitors are served: a new NLB has no healthy target for a while."""
    address = mesh.address("public")
    with Visitor() as visitor:
        assert poll(lambda: not _look(visitor, address), within=SERVES), _look(visitor, address)


@contextmanager
def traffic(mesh: Mesh) -> Iterator[Looks]:
    """While the block runs."""
    looks, over, address = Looks(), threading.Event(), mesh.address("public")

    def look() -> None:
        while not over.wait(PAUSE):
            looks.note(_look(visitor, address))

    with Visitor() as visitor:
        threads = [threading.Thread(target=look, daemon=True) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        try:
            yield looks
        finally:
            over.set()
            for thread in threads:
                thread.join(30)
                if thread.is_alive():
                    looks.note("a visitor still waits for an answer")


def _look(visitor: Visitor, address: str) -> str:
    try:
        answer = visitor.ask(URL, at=address, headers=COOKIE)
    except Exception as error:  # noqa: BLE001 - any failure is recorded, and a test reads it
        # Whatever it is: who looks no more would lose nothing.
        return f"{type(error).__name__}: {error}"
    missing = [part for part in PARTS if part not in answer.body]
    return "" if answer.status == 200 and not missing else f"{answer.status} without {missing}"
