"""One service as a process."""

import argparse
import os
import signal
from types import FrameType

from local.bookinfo import PORT, SERVICES, details, ratings, reviews
from local.bookinfo.productpage import ProductPage
from local.bookinfo.server import Route, Server


def routes(service: str) -> tuple[Route, ...]:
    """Return the routes of one of ``SERVICES``."""
    name, _, version = service.partition("-")
    if name == "reviews":
        return reviews.VERSIONS[version].routes()
    return {"details": details.ROUTES, "ratings": ratings.ROUTES, "productpage": ProductPage().routes()}[name]


def main() -> None:
    """Serve until a signal."""
    arguments = argparse.ArgumentParser(prog="bookinfo")
    arguments.add_argument("service", choices=SERVICES)
    arguments.add_argument("--port", type=int, default=PORT)
    chosen = arguments.parse_args()
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)
    Server(routes(chosen.service), chosen.port).serve_forever()


def _end(number: int, frame: FrameType | None) -> None:
    # At once, also as process 1 of a namespace, to which an unhandled signal does nothing.
    os._exit(0)
