"""A listener and its pool over loopback: bytes, ends, idle connections, TLS."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from local.nlb.door import Door
from local.nlb.plans import Check, Group, Listener
from local.nlb.pool import Pool
from local.nlb.targets import Rules
from local.nlb.tls import load
from local.providers.tls import certificates
from local.time_scale import scaled
from tests.support.days import NOON

LOCAL = "127.0.0.1"
PATIENCE = 10.0
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def group(**changed: object) -> Group:
    plan = {
        "arn": "group",
        "tls": False,
        "preserve": False,
        "proxy_protocol": False,
        "terminate": False,
        "rules": Rules(registration=0, healthy_threshold=1, deregistration=0, lag=0),
        # Often: nobody wants to wait for it here.
        "check": Check(port=None, path=None, interval=0.2, timeout=1),
    }
    return Group(**{**plan, **changed})  # type: ignore[arg-type]


class World:
    """A door, its pool and its one target."""

    def __init__(self, door: Door, pool: Pool, port: int, target: int) -> None:
        self.door, self.pool, self.port, self.target = door, pool, port, target

    async def visit(self, **tls: object) -> Streams:
        return await asyncio.open_connection(LOCAL, self.port, **tls)  # type: ignore[arg-type]


@asynccontextmanager
async def world(
    serve: Serve,
    plan: Group | None = None,
    *,
    idle: float = 60,
    ends_tls: ssl.SSLContext | None = None,
    target_tls: ssl.SSLContext | None = None,
    admits: bool = True,
) -> AsyncIterator[World]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await serve(reader, writer)
        writer.close()

    plan = plan or group()
    server = await asyncio.start_server(answer, LOCAL, 0, ssl=target_tls)
    target = server.sockets[0].getsockname()[1]
    pool = Pool(plan, asyncio.get_running_loop().time)
    pool.change(plan, LOCAL, lambda port: True)
    pool.registered([(LOCAL, target)])
    door = Door(Listener(port=0, group="group", idle=idle), LOCAL, pool, lambda address: admits)
    await door.open(ends_tls)
    try:
        await until(lambda: pool.states()[LOCAL, target][0] == "healthy")
        yield World(door, pool, door.port, target)
    finally:
        door.close()
        pool.stop()
        server.close()


async def until(there: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not there():
            await asyncio.sleep(0.01)


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()


async def say_all_then_hear_all(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers only once the other side has said everything."""
    said = await reader.read()
    writer.write(b"heard " + said)
    await writer.drain()


def pair() -> ssl.SSLContext:
    # Nobody verifies it.
    key, certificate = certificates.throw_away("target.example", NOON)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    load(context, certificate.encode(), key.encode())
    return context


def believing(*alpn: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if alpn:
        context.set_alpn_protocols(list(alpn))
    return context


class Hurrying(asyncio.SelectorEventLoop):
    """A loop whose clock a test puts forward: how long the machine takes for anything matters little beside it."""

    ahead = 0.0

    def time(self) -> float:
        return super().time() + self.ahead


async def pass_time(seconds: float) -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, Hurrying)
    loop.ahead += seconds
    # What is due by then is done in the next rounds.
    await asyncio.sleep(0.01)


def run(act: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(3 * PATIENCE):
            await act()

    with asyncio.Runner(loop_factory=Hurrying) as runner:
        runner.run(bounded())


def test_bytes_pass_both_ways_whoever_is_slow() -> None:
    async def act() -> None:
        sent = bytes(range(256)) * 40_000
        async with world(echo) as here:
            reader, writer = await here.visit()

            async def say() -> None:
                writer.write(sent)
                await writer.drain()

            task = asyncio.create_task(say())
            # Longer than buffers hold.
            await asyncio.sleep(0.2)
            (flow,) = here.door.flows
            assert flow.visitor.transport
            assert flow.visitor.transport.get_write_buffer_size() < len(sent) / 10
            assert await reader.readexactly(len(sent)) == sent
            await task
            writer.close()

    run(act)


def test_one_side_may_end_before_the_other() -> None:
    async def act() -> None:
        async with world(say_all_then_hear_all) as here:
            reader, writer = await here.visit()
            writer.write(b"all")
            writer.write_eof()
            assert await reader.read() == b"heard all"

    run(act)


def test_nothing_is_kept_of_what_has_ended() -> None:
    async def act() -> None:
        async with world(echo) as here:
            for _ in range(5):
                reader, writer = await here.visit()
                writer.write(b"x")
                assert await reader.readexactly(1) == b"x"
                writer.close()
            await until(lambda: not here.pool.flows)
            assert not here.door.flows

    run(act)


def test_a_reset_is_handed_on() -> None:
    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # What is left unread makes the kernel answer with a reset.
        await reader.readexactly(1)

    async def act() -> None:
        async with world(reset) as here:
            reader, writer = await here.visit()
            writer.write(b"xy" * 100_000)
            with pytest.raises(ConnectionResetError):
                await reader.read()

    run(act)


@pytest.mark.parametrize("what", ["no target", "not admitted", "not reachable"])
def test_who_cannot_be_served_is_reset(what: str) -> None:
    async def act() -> None:
        async with world(echo, admits=what != "not admitted") as here:
            if what == "no target":
                here.pool.registered([])
            if what == "not reachable":
                here.pool.change(here.pool.group, LOCAL, lambda port: False)
            reader, _ = await here.visit()
            with pytest.raises(ConnectionResetError):
                await reader.read()

    run(act)


def test_a_target_behind_closed_ports_fails_its_checks() -> None:
    async def act() -> None:
        async with world(echo) as here:
            here.pool.change(here.pool.group, LOCAL, lambda port: False)
            await until(lambda: here.pool.states()[LOCAL, here.target][0] == "unhealthy")

    run(act)


def test_an_idle_connection_is_forgotten_without_a_word() -> None:
    async def act() -> None:
        async with world(echo, idle=9) as here:
            reader, writer = await here.visit()
            for _ in range(3):
                await pass_time(5)
                writer.write(b"x")
                assert await reader.readexactly(1) == b"x"
            await pass_time(10)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(reader.read(), 0.1)
            writer.write(b"x")
            with pytest.raises(ConnectionResetError):
                await reader.readexactly(1)

    run(act)


@pytest.mark.parametrize("terminate", [True, False])
def test_connections_outlive_their_target_unless_the_group_ends_them(terminate: bool) -> None:
    async def act() -> None:
        async with world(echo, group(terminate=terminate)) as here:
            reader, writer = await here.visit()
            writer.write(b"x")
            await reader.readexactly(1)
            here.pool.registered([])
            writer.write(b"y")
            if terminate:
                with pytest.raises(ConnectionResetError):
                    await reader.readexactly(1)
            else:
                assert await reader.readexactly(1) == b"y"

    run(act)


def test_tls_ends_here_and_begins_again_without_a_name() -> None:
    names: list[str | None] = []
    target = pair()
    target.sni_callback = lambda _, name, __: names.append(name)
    target.set_alpn_protocols(["h2", "http/1.1"])
    ours = pair()
    ours.set_alpn_protocols(["h2", "http/1.1"])
    spoken: list[str | None] = []

    async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        spoken.append(writer.get_extra_info("ssl_object").selected_alpn_protocol())
        await echo(reader, writer)

    async def act() -> None:
        check = Check(port=None, path=None, interval=0.2, timeout=1)
        async with world(note, group(tls=True, check=check), ends_tls=ours, target_tls=target) as here:
            reader, writer = await here.visit(ssl=believing("http/1.1"), server_hostname="shop.example.com")
            writer.write(b"secret")
            assert await reader.readexactly(6) == b"secret"
            writer.close()

    run(act)
    assert names == [None]
    assert spoken == ["http/1.1"]


def test_checks_ask_what_the_group_says() -> None:
    asked: list[bytes] = []
    status = [b"200 OK"]

    async def healthy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        header = await reader.readexactly(28)
        asked.append(header + await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 " + status[0] + b"\r\ncontent-length: 0\r\n\r\n")
        await writer.drain()

    async def act() -> None:
        plan = group(check=Check(port=None, path="/healthz/ready", interval=1, timeout=1), proxy_protocol=True)
        async with world(healthy, plan) as here:
            status[0] = b"503 Service Unavailable"
            await until(lambda: here.pool.states()[LOCAL, here.target][0] == "unhealthy")

    run(act)
    signature, _, request = asked[0].partition(b"GET ")
    assert signature.startswith(b"\r\n\r\n\x00\r\nQUIT\n")
    assert request.startswith(b"/healthz/ready HTTP/1.1\r\n")
    # 1 second there.
    assert scaled(1) < 1
