"""What runs for an image: the one table that says so."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from local.bookinfo import SERVICES
from local.node import idle
from local.node.layer import BIN, PROXY_USER
from local.tools import tools

# For tests: a pod that waits to have commands run in it.
CLIENT = "client"
# USER of the images of Bookinfo, also of the client here.
APP_USER = 1000


@dataclass(frozen=True, kw_only=True)
class Program:
    """argv: what a container's args follow, and its command replaces. uid, gid: where the Pod asks for none."""

    argv: tuple[str, ...]
    uid: int
    gid: int
    env: Mapping[str, str] = field(default_factory=dict)


def program(image: str) -> Program | None:
    """Return the program for an image, or None when the image is unknown.

    Only the image's name counts, not the registry, the folder or the version.
    """
    return PROGRAMS.get(_name(image))


def _name(image: str) -> str:
    return image.rpartition("/")[2].partition("@")[0].partition(":")[0]


def _python(*argv: str) -> Program:
    # Its output is a log.
    return Program(argv=(sys.executable, *argv), uid=APP_USER, gid=APP_USER, env={"PYTHONUNBUFFERED": "1"})


# USER of the proxy's image is root, of the others as it says; each Pod of Istio's asks for its own.
PROGRAMS: Mapping[str, Program] = {
    "pilot": Program(argv=(f"{BIN}/pilot-discovery",), uid=PROXY_USER, gid=PROXY_USER),
    "proxyv2": Program(argv=(f"{BIN}/pilot-agent",), uid=0, gid=0),
    "install-cni": Program(argv=(f"{BIN}/install-cni",), uid=0, gid=0),
    CLIENT: _python(idle.__file__),
    **{f"examples-bookinfo-{service}": _python(str(tools.ROOT / "local/bookinfo"), service) for service in SERVICES},
}
