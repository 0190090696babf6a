"""`make` as a person calls it, started by a test."""

import os
import re

from tests.support.stack_files import ROOT

# Of the `make` that may run the tests: its options and its depth.
_OWN = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES")


def environment() -> dict[str, str]:
    """Return an environment in which nobody has set a variable of the Makefile.

    `make` puts those of its command line into the environment of everything that it starts.
    """
    settable = re.findall(r"^([A-Z_]+) \?=", (ROOT / "Makefile").read_text(), re.MULTILINE)
    return {name: value for name, value in os.environ.items() if name not in (*_OWN, *settable)}
