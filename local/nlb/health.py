"""One health check of one target."""

import asyncio

from local.nlb.connect import connect
from local.nlb.plans import Check
from local.nlb.proxy_header import Endpoint, header

# Matcher of NLB target groups over HTTP.
GOOD = range(200, 400)
# A busy computer answers no faster because the clock does.
LEAST_SECONDS = 2.0


async def passes(target: Endpoint, check: Check, source: str, *, announce: bool, seconds: float) -> bool:
    """Check whether the target passes the health check within ``seconds``; ``announce`` sends a PROXY header first."""
    address, port = target[0], check.port or target[1]
    try:
        async with asyncio.timeout(max(seconds, LEAST_SECONDS)):
            made = await connect((address, port), (source, 0), transparent=False)
            reader, writer = await asyncio.open_connection(sock=made)
            try:
                if announce:
                    writer.write(header(made.getsockname(), (address, port)))
                return check.path is None or await _good(reader, writer, address, check.path)
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False


async def _good(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: str, path: str) -> bool:
    request = (
        f"GET {path} HTTP/1.1\r\nHost: {address}\r\nUser-Agent: ELB-HealthChecker/2.0\r\nConnection: close\r\n\r\n"
    )
    writer.write(request.encode())
    line = (await reader.readline()).split()
    return len(line) > 1 and line[1].isdigit() and int(line[1]) in GOOD
