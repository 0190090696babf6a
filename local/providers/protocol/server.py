"""Runs stand-ins in this process, on loopback ports the engine is told of."""

import asyncio
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import grpc  # type: ignore[import-untyped]
from pulumi.runtime.proto.provider_pb2_grpc import add_ResourceProviderServicer_to_server

from local.providers.protocol.base import StandIn
from local.providers.protocol.servicer import Servicer

# The engine runs that many steps at a time at most; more workers than the engine has steps never wait for each other.
WORKERS = 64
START_SECONDS = 20
STOP_SECONDS = 5
OPTIONS = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


@contextmanager
def serve(stand_ins: Mapping[str, StandIn]) -> Iterator[dict[str, int]]:
    """Serve each stand-in while the block runs; yield the ports by package.

    Components need an event loop (the SDK builds them with asyncio), plain resources a thread each: one loop in one
    thread serves both, and both end with the block.
    """
    started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, dict[str, int]]] = Future()
    thread = threading.Thread(target=_run, args=(stand_ins, started), name="stand-in providers", daemon=True)
    thread.start()
    loop, over, ports = started.result(START_SECONDS)
    try:
        yield ports
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(STOP_SECONDS * 2)


def environment(ports: Mapping[str, int]) -> dict[str, str]:
    """Return the environment that makes the engine use the stand-ins, and fetch no plugin for what has none."""
    return {
        "PULUMI_DEBUG_PROVIDERS": ",".join(f"{package}:{port}" for package, port in sorted(ports.items())),
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }


def _run(
    stand_ins: Mapping[str, StandIn],
    started: "Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, dict[str, int]]]",
) -> None:
    try:
        asyncio.run(_serve(stand_ins, started))
    except BaseException as fault:
        if started.done():
            raise
        started.set_exception(fault)


async def _serve(
    stand_ins: Mapping[str, StandIn],
    started: "Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, dict[str, int]]]",
) -> None:
    over = asyncio.Event()
    with ThreadPoolExecutor(WORKERS, thread_name_prefix="stand-in") as workers:
        servers = {}
        ports = {}
        for package, stand_in in stand_ins.items():
            server = grpc.aio.server(migration_thread_pool=workers, options=OPTIONS)
            add_ResourceProviderServicer_to_server(Servicer(stand_in), server)
            ports[package] = server.add_insecure_port("127.0.0.1:0")
            servers[package] = server
        await asyncio.gather(*(server.start() for server in servers.values()))
        started.set_result((asyncio.get_running_loop(), over, ports))
        await over.wait()
        await asyncio.gather(*(server.stop(STOP_SECONDS) for server in servers.values()))
