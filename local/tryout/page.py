"""Access for this computer's browser to the product page, until Ctrl-C."""

import os
import signal
from urllib.parse import urlsplit

from rich.console import Console

from local.machine import relay
from local.nlb.browser import PORTS
from local.tryout.shop import USER


def lead(page: str, at: str, console: Console) -> int:
    """Forward a port of this computer to the page, print its URL, wait, and return the exit status."""
    parts = urlsplit(page)
    try:
        with relay.Way() as way:
            opened = way.open_to(at, parts.port or PORTS[parts.scheme])
            # Names below localhost resolve to this computer, the NLB's name to AWS.
            host = parts.hostname if (parts.hostname or "").endswith(".localhost") else "localhost"
            console.print(f"\nProduct page: {parts.scheme}://{host}:{opened}{parts.path}   (sign in as {USER})")
            return wait(console)
    except relay.NoWayError as error:
        console.print(f"\nA browser on this computer cannot reach the product page. {error}", markup=False)
        return wait(console)


def wait(console: Console) -> int:
    """Wait until Ctrl-C; in CI return at once."""
    if os.environ.get("CI") == "true":
        return 0
    console.print("Press Ctrl-C to remove everything.")
    try:
        signal.pause()
    except KeyboardInterrupt:
        console.print("\nEverything is removed.")
    return 0
