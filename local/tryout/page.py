"""The way of this computer's own browser to the product page, until Ctrl-C."""

import os
import signal
from urllib.parse import urlsplit

from rich.console import Console

from local.machine import relay
from local.nlb.browser import PORTS
from local.tryout.shop import USER


def lead(page: str, at: str, console: Console) -> int:
    """Open a way to the page at this address inside, say where it begins, and wait; exit status."""
    parts = urlsplit(page)
    try:
        with relay.Way() as way:
            opened = way.open_to(at, parts.port or PORTS[parts.scheme])
            # Every name below localhost leads to this computer, the NLB's to AWS.
            host = parts.hostname if (parts.hostname or "").endswith(".localhost") else "localhost"
            console.print(f"\nThe product page: {parts.scheme}://{host}:{opened}{parts.path}   (sign in as {USER})")
            return wait(console)
    except relay.NoWay as error:
        console.print(f"\nNo browser of this computer gets in. {error}", markup=False)
        return wait(console)


def wait(console: Console) -> int:
    """Until Ctrl-C; in CI nobody looks."""
    if os.environ.get("CI") == "true":
        return 0
    console.print("Ctrl-C takes everything down.")
    try:
        signal.pause()
    except KeyboardInterrupt:
        console.print("\nDown; nothing is left behind.")
    return 0
