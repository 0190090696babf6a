"""One listener that is open."""

import asyncio
import socket
import ssl
from collections.abc import Callable

from local.nlb.flow import Flow
from local.nlb.plans import Listener
from local.nlb.pool import Pool

BACKLOG = 512
# Whether security groups let an address in.
Admits = Callable[[str], bool]


class Door:
    """Accepts connections on the balancer's address and hands them to the pool. Lives in the loop that opens it."""

    def __init__(self, listener: Listener, address: str, pool: Pool, admits: Admits) -> None:
        self.listener, self.pool, self.admits = listener, pool, admits
        self._address = address
        self.flows: set[Flow] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def open(self, tls: ssl.SSLContext | None) -> None:
        """Listen for connections; ``tls`` terminates TLS here."""
        self._server = await asyncio.get_running_loop().create_server(
            lambda: Flow(self.listener.idle, self._arrived, self._ended).visitor,
            self._address,
            self.listener.port,
            ssl=tls,
            backlog=BACKLOG,
            reuse_address=True,
        )

    @property
    def port(self) -> int:
        """Return the port of the listening socket."""
        assert self._server
        return int(self._server.sockets[0].getsockname()[1])

    def close(self) -> None:
        """Accept no more connections, and close the open ones."""
        if self._server:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        for flow in list(self.flows):
            flow.reset()

    def _arrived(self, flow: Flow) -> None:
        self.flows.add(flow)
        task = asyncio.get_running_loop().create_task(self._serve(flow))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, flow: Flow) -> None:
        transport = flow.visitor.transport
        if transport is None:
            return
        found: socket.socket = transport.get_extra_info("socket")
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        visitor, entrance = transport.get_extra_info("peername"), transport.get_extra_info("sockname")
        tls: ssl.SSLObject | None = transport.get_extra_info("ssl_object")
        try:
            # AWS drops such packets; here the connection is ended.
            if not self.admits(visitor[0]):
                raise PermissionError(visitor[0])
            await self.pool.serve(flow, visitor, entrance, tls.selected_alpn_protocol() if tls else None)
        except OSError:
            flow.reset()

    def _ended(self, flow: Flow) -> None:
        self.flows.discard(flow)
        self.pool.flows.pop(flow, None)
