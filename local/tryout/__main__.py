"""Bring a stack up on this computer, with a real API server, istiod and proxies, and check it: `make try`.

Nothing of it is left when it ends.
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
    """Exit status: 0 every check held; 1 one did not, or something is lacking; 2 usage; 130 stopped with Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m local.tryout", description=__doc__.splitlines()[0])
    parser.add_argument("--stack", default="dev", help="name of a Pulumi.<name>.yaml (default: %(default)s)")
    parser.add_argument("--port", type=int, default=PORT, help="of this computer, for a browser (default: %(default)s)")
    given = parser.parse_args(arguments)
    if given.stack not in (known := stack_file.stacks(tools.ROOT)):
        parser.error(f"there is no Pulumi.{given.stack}.yaml; stacks with a file: {', '.join(known)}")
    if missing := needs.lacking():
        sys.exit("\n  ".join(["This cannot be tried here.", *missing]))
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
