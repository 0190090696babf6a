"""All proxies in one process of its own, so that measuring takes no time from writing: asyncio over delta streams."""

import asyncio
import contextlib
import gc
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from multiprocessing.connection import Connection
from typing import Any

import grpc.aio  # type: ignore[import-untyped]

from benchmarks.scale import markers, messages
from benchmarks.scale.proxy import Identity, Proxy

OPTIONS = [
    ("grpc.max_receive_message_length", -1),
    # A connection each, as proxies have.
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.enable_http_proxy", 0),
]
# Seconds between two looks at how late this process is, and before a stream that ended is opened anew.
TICK, AGAIN = 0.05, 0.2


class Crowd:
    """Proxies by number, and what came to whom."""

    def __init__(self, address: str, identities: Sequence[Identity]) -> None:
        self._address = address
        self._proxies = [Proxy(each) for each in identities]
        self._tasks: list[asyncio.Task[None]] = []
        self._synced: dict[int, float] = {}
        self._seen: dict[bytes, dict[int, float]] = defaultdict(dict)
        self._window: dict[int, int] = defaultdict(int)
        self._last, self._lag, self._ended, self._changed = 0.0, 0.0, 0, asyncio.Event()

    async def sync(self, within: float) -> dict[str, float]:
        """Open all streams and wait for all proxies; return the seconds, and this process's CPU seconds per second."""
        began, used = time.monotonic(), time.process_time()
        self._tasks = [asyncio.create_task(self._keep(number)) for number in range(len(self._proxies))]
        self._tasks.append(asyncio.create_task(self._clock()))
        await self._until(lambda: len(self._synced) == len(self._proxies), within)
        took = time.monotonic() - began
        last = max(self._sidecars(self._synced).values(), default=began) - began
        missing = len(self._proxies) - len(self._synced)
        return {"synced": last, "cpu": (time.process_time() - used) / took, "missing": missing}

    async def state(self) -> list[tuple[str, int, int]]:
        """Return the kind, the number of clusters and the bytes of configuration of each proxy."""
        return [(each.identity.kind, each.clusters, each.size) for each in self._proxies]

    async def knowing(self, cluster: str) -> list[int]:
        """Return the sidecars that know a cluster."""
        return [number for number, each in enumerate(self._proxies) if self._sidecar(number) and each.knows(cluster)]

    async def received(self, marker: bytes, by: Iterable[int], within: float) -> dict[int, float]:
        """Wait for these sidecars or the end of the time; return when each sidecar first saw the marker."""
        wanted = set(by)
        await self._until(lambda: wanted <= self._seen[marker].keys(), within)
        return self._sidecars(self._seen[marker])

    async def window(self) -> tuple[int, int]:
        """Return how many sidecars got anything since the last call, and the bytes that all of them got."""
        got = self._sidecars(self._window)
        self._window.clear()
        return len(got), sum(got.values())

    async def quiet(self, seconds: float, within: float) -> bool:
        """Wait until no proxy has got anything for ``seconds``; return whether that happened in time."""
        end = time.monotonic() + within
        while time.monotonic() < end:
            left = max(self._last, end - within) + seconds - time.monotonic()
            if left <= 0:
                return True
            await asyncio.sleep(min(left, TICK))
        return False

    async def trouble(self) -> tuple[float, int]:
        """Return by how many seconds this process was late at worst, and how many streams ended."""
        return self._lag, self._ended

    def _sidecar(self, number: int) -> bool:
        return self._proxies[number].identity.kind == "sidecar"

    def _sidecars(self, by_number: dict[int, Any]) -> dict[int, Any]:
        return {number: value for number, value in by_number.items() if self._sidecar(number)}

    async def _keep(self, number: int) -> None:
        """Keep a stream open: istiod may end it, and the proxy then connects again."""
        while True:
            async with grpc.aio.insecure_channel(self._address, options=OPTIONS) as channel:
                with contextlib.suppress(grpc.aio.AioRpcError):
                    await self._stream(number, channel.stream_stream(messages.METHOD)())
            self._ended += 1
            await asyncio.sleep(AGAIN)

    async def _stream(self, number: int, stream: Any) -> None:
        proxy = self._proxies[number]
        for each in proxy.first():
            await stream.write(each)
        while (raw := await stream.read()) is not grpc.aio.EOF:
            self._note(number, raw, time.monotonic())
            for each in proxy.take(raw):
                await stream.write(each)
            if number not in self._synced and proxy.synced:
                self._synced[number] = time.monotonic()
                self._changed.set()

    def _note(self, number: int, raw: bytes, now: float) -> None:
        self._last = now
        self._window[number] += len(raw)
        for marker in markers.found(raw):
            self._seen[marker].setdefault(number, now)
            self._changed.set()

    async def _clock(self) -> None:
        while True:
            due = time.monotonic() + TICK
            await asyncio.sleep(TICK)
            self._lag = max(self._lag, time.monotonic() - due)

    async def _until(self, there: Any, within: float) -> None:
        end = time.monotonic() + within
        while not there() and (left := end - time.monotonic()) > 0:
            self._changed.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), left)


def run(connection: Connection, address: str, identities: Sequence[Identity]) -> None:
    """Serve method calls by name until the other process has gone."""
    # A short life without cycles: collecting takes five times as long as reading a response of thousands of clusters.
    gc.disable()
    asyncio.run(_serve(connection, Crowd(address, identities)))


async def _serve(connection: Connection, crowd: Crowd) -> None:
    told: asyncio.Queue[Any] = asyncio.Queue()

    def hear() -> None:
        try:
            told.put_nowait(connection.recv())
        except EOFError:
            asyncio.get_running_loop().remove_reader(connection.fileno())
            told.put_nowait(None)

    asyncio.get_running_loop().add_reader(connection.fileno(), hear)
    while (order := await told.get()) is not None:
        name, arguments = order
        connection.send(await getattr(crowd, name)(*arguments))
