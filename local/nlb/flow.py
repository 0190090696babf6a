"""One connection through a balancer: bytes both ways, at the pace of the slower side."""

import asyncio
import socket
import struct
from collections.abc import Callable

# Ends a connection with a reset (SO_LINGER: on, 0 seconds).
AT_ONCE = struct.pack("ii", 1, 0)


class Side(asyncio.Protocol):
    """One end of a flow. What it reads it writes to the other end."""

    def __init__(self, flow: "Flow") -> None:
        self._flow = flow
        self.transport: asyncio.Transport | None = None
        self.other: Side | None = None
        self.said_all = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Pause reading until both connections are open."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.pause_reading()
        self._flow.made(self)

    def data_received(self, data: bytes) -> None:
        """Forward the data; on a connection that the balancer has forgotten, answer with a reset."""
        if not self._flow.alive():
            self.reset()
        elif self.other and self.other.transport:
            self.other.transport.write(data)

    def eof_received(self) -> bool:
        """Forward the end of this side's data; the other side may continue to send, except through TLS."""
        if not self._flow.alive():
            self.reset()
            return False
        self.said_all = True
        other = self.other
        if other is None or other.transport is None or other.said_all or not other.transport.can_write_eof():
            return False
        other.transport.write_eof()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """Close the other connection the same way: with a FIN, or with a reset."""
        self.transport = None
        self._flow.lost(self, exc)

    def pause_writing(self) -> None:
        """Pause the other side, because this side is slow."""
        if self.other and self.other.transport:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        """Resume the other side, because this side has caught up."""
        if self.other and self.other.transport:
            self.other.transport.resume_reading()

    def close(self) -> None:
        """Close the connection after the buffered data is written."""
        if self.transport:
            self.transport.close()

    def reset(self) -> None:
        """Reset the connection at once."""
        if self.transport:
            found: socket.socket | None = self.transport.get_extra_info("socket")
            if found is not None:
                found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            self.transport.abort()


class Flow:
    """A visitor's connection and the one to its target.

    arrived: called once the visitor's side stands; it is to call ``join``, or ``reset``.
    idle: real seconds without a byte after which it is forgotten: nobody is told, and the next packet is answered with
    a reset. ended: called once, when nothing is left.
    """

    def __init__(self, idle: float, arrived: Callable[["Flow"], None], ended: Callable[["Flow"], None]) -> None:
        self.visitor, self.target = Side(self), Side(self)
        self._loop = asyncio.get_running_loop()
        self._idle = idle
        self._arrived, self._ended = arrived, ended
        self._last = self._loop.time()
        self._forgotten = self._over = False
        self._timer = self._loop.call_later(idle, self._look)

    def made(self, side: Side) -> None:
        """Record that one side is connected."""
        if side is self.visitor:
            self._arrived(self)

    def join(self) -> None:
        """Start to forward data, because both sides are connected."""
        self.visitor.other, self.target.other = self.target, self.visitor
        for side in (self.visitor, self.target):
            if side.transport:
                side.transport.resume_reading()
        for side, other in ((self.visitor, self.target), (self.target, self.visitor)):
            if side.transport is None:
                other.close()

    def alive(self) -> bool:
        """Return whether the connection is not forgotten; the packet that came also restarts the idle timeout."""
        self._last = self._loop.time()
        return not self._forgotten

    def lost(self, side: Side, error: Exception | None) -> None:
        """Record that one side is closed."""
        other = self.target if side is self.visitor else self.visitor
        if other.transport is None:
            self._finish()
        elif not self._forgotten:
            other.reset() if error else other.close()

    def reset(self) -> None:
        """Reset both sides at once."""
        self.visitor.reset()
        self.target.reset()

    def _finish(self) -> None:
        # A target that answers after the visitor left makes this the second time.
        self._timer.cancel()
        if not self._over:
            self._over = True
            self._ended(self)

    def _look(self) -> None:
        left = self._last + self._idle - self._loop.time()
        if left <= 0:
            self._forgotten = True
        else:
            self._timer = self._loop.call_later(left, self._look)
