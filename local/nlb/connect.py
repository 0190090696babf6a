"""The connection from a balancer to a target, with the address the target is to see."""

import asyncio
import errno
import socket

from local.nlb.proxy_header import Endpoint

# linux/in.h; Python names it not.
IP_TRANSPARENT = 19
SECONDS = 10.0


async def connect(target: Endpoint, source: Endpoint, *, transparent: bool) -> socket.socket:
    """Return a connected socket; ``transparent`` binds it to a foreign source address. Raises OSError."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        made.setblocking(False)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _bind(made, source, transparent)
        async with asyncio.timeout(SECONDS):
            await asyncio.get_running_loop().sock_connect(made, target)
    except BaseException:
        made.close()
        raise
    return made


def _bind(made: socket.socket, source: Endpoint, transparent: bool) -> None:
    if transparent:
        made.setsockopt(socket.SOL_IP, IP_TRANSPARENT, 1)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind(source)
    except OSError as error:
        # The visitor is on this very host, and holds the port itself.
        if error.errno != errno.EADDRINUSE:
            raise
        made.bind((source[0], 0))
