"""Where the tests of ``tests/mesh`` can run."""

from functools import cache

from local.machine import machine
from local.machine import needs as machine_needs
from tests.support import needs

# They start machines of their own.
OUTSIDE = ("test_machine.py", "test_machine_ends.py")


def needed(file: str) -> None:
    """Skip a test of this file, or fail in CI, where no machine can be made or where this is not in one."""
    missing = _missing()
    if missing:
        needs.lacking("\n".join(["No machine of namespaces can be made here.", *missing]))
    if file not in OUTSIDE and not machine.inside():
        needs.lacking("It runs inside a machine of namespaces: make test-mesh.")


@cache
def _missing() -> list[str]:
    return machine_needs.lacking()
