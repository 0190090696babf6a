"""The crowd's process, asked from here."""

import multiprocessing
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.scale import crowd
from benchmarks.scale.proxy import Identity

# Seconds that an answer may be later than it was allowed to be.
LATE = 30.0
ENDS = 5.0


class SilentError(Exception):
    """The crowd does not answer, or has ended."""


@dataclass(frozen=True, kw_only=True)
class Synced:
    """seconds: until the last sidecar had everything. cpu: of the crowd, per second. missing: who never got there."""

    seconds: float
    cpu: float
    missing: int


@dataclass(frozen=True, kw_only=True)
class Held:
    """What one proxy was given; ``kind`` sidecar or router."""

    kind: str
    clusters: int
    bytes: int


class Asked:
    """One that runs; from one thread."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def sync(self, within: float) -> Synced:
        """Open all streams and wait for all proxies."""
        told = self._ask("sync", within, within=within)
        return Synced(seconds=told["synced"], cpu=told["cpu"], missing=int(told["missing"]))

    def state(self) -> list[Held]:
        """Return the state of each proxy."""
        return [Held(kind=kind, clusters=clusters, bytes=size) for kind, clusters, size in self._ask("state")]

    def knowing(self, cluster: str) -> list[int]:
        """Return the sidecars that know a cluster."""
        numbers: list[int] = self._ask("knowing", cluster)
        return numbers

    def received(self, marker: str, by: Iterable[int], within: float) -> dict[int, float]:
        """Wait for these sidecars or the end of the time; return when each first saw the marker (time.monotonic())."""
        seen: dict[int, float] = self._ask("received", marker.encode(), list(by), within, within=within)
        return seen

    def window(self) -> tuple[int, int]:
        """Return how many sidecars got anything since the last call, and the bytes that all of them got."""
        touched, size = self._ask("window")
        return touched, size

    def quiet(self, seconds: float, within: float) -> bool:
        """Wait until no proxy has got anything for ``seconds``; return whether that happened in time."""
        return bool(self._ask("quiet", seconds, within, within=within))

    def trouble(self) -> tuple[float, int]:
        """Return the worst lateness so far in seconds, and how many streams ended."""
        worst, ended = self._ask("trouble")
        return worst, ended

    def _ask(self, name: str, *arguments: Any, within: float = 0) -> Any:
        try:
            self._connection.send((name, arguments))
            if not self._connection.poll(within + LATE):
                raise SilentError(f"the proxies do not answer: {name}")
            return self._connection.recv()
        except (EOFError, OSError):
            raise SilentError(f"the process of the proxies has ended: {name}") from None


@contextmanager
def running(address: str, identities: Sequence[Identity]) -> Iterator[Asked]:
    """Run the crowd in a separate process while the block runs."""
    # What this process has open and running is not to be in the other.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=crowd.run, args=(theirs, address, identities), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Asked(ours)
    finally:
        ours.close()
        process.join(ENDS)
        if process.is_alive():
            process.kill()
            process.join()
