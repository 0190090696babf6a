"""Runs the tests of this folder inside a machine of namespaces: ``python -m tests.mesh [pytest's arguments]``."""

import os
import sys
from typing import NoReturn

from local.machine import machine, needs

# A worker for each stack; those in one share it.
PYTEST = ("-m", "pytest", "-q", "-rs", "-n", "2", "--dist", "loadgroup", "-p", "no:unraisableexception")
# Where no file is named.
TESTS = ("-o", "testpaths=tests/mesh")


def main() -> NoReturn:
    """Without what a machine needs, pytest itself says what is lacking, and skips or fails."""
    command = [sys.executable, *PYTEST, *TESTS, *sys.argv[1:]]
    if needs.lacking():
        os.execv(command[0], command)
    machine.enter(command)


if __name__ == "__main__":
    main()
