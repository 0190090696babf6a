"""The PROXY protocol's header, version 2 (haproxy, doc/proxy-protocol.txt), as an NLB sends it."""

import socket
import struct

SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"
VERSION_2_PROXY = 0x21
TCP_OVER_IPV4 = 0x11
ADDRESSES = struct.Struct("!4s4sHH")

Endpoint = tuple[str, int]


def header(visitor: Endpoint, entrance: Endpoint) -> bytes:
    """Return the PROXY header: the client's address, and the address and port of the balancer."""
    addresses = ADDRESSES.pack(socket.inet_aton(visitor[0]), socket.inet_aton(entrance[0]), visitor[1], entrance[1])
    return SIGNATURE + struct.pack("!BBH", VERSION_2_PROXY, TCP_OVER_IPV4, len(addresses)) + addresses
