"""Bring a stack up on this computer, with a real API server, istiod and proxies, and check it: `make try`.

When it ends, everything that it created is removed.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from local.machine import machine, needs
from local.tools import go, pinned, tools
from local.tryout import inside
from ops.offline import stack_file

PORT = 8080


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run `make try`.

    Exit status: 0 every check passed; 1 a check failed or a requirement is missing; 2 wrong usage; 130 stopped with
    Ctrl-C.
    """
    parser = argparse.ArgumentParser(prog="python -m local.tryout", description=__doc__.splitlines()[0])
    parser.add_argument("--stack", default="dev", help="name of a Pulumi.<name>.yaml (default: %(default)s)")
    parser.add_argument("--port", type=int, default=PORT, help="port for a browser (default: %(default)s)")
    given = parser.parse_args(arguments)
    if given.stack not in (known := stack_file.stacks(tools.ROOT)):
        parser.error(f"there is no Pulumi.{given.stack}.yaml; available stacks: {', '.join(known)}")
    if missing := needs.lacking():
        sys.exit("\n  ".join(["`make try` cannot run on this computer.", *missing]))
    try:
        for name in ("pulumi", *pinned.MESH):
            tools.build(name)
        tools.istio()
    except go.GoError as error:
        sys.exit(str(error))
    os.chdir(tools.ROOT)
    machine.enter([sys.executable, "-m", inside.__name__, "--stack", given.stack], [given.port])


if __name__ == "__main__":
    main()
