"""What a person is told: how far it is, what was seen, and why it ended."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.status import Status
from rich.table import Table

from local.engine.runs import Failed
from local.processes import ProcessFailed
from local.tryout import cast
from local.tryout.check import Check

# Seconds between two lines of progress, where nobody looks at a terminal.
TELL_EVERY = 10.0
FAILED, STOPPED = 1, 130
# Of what the engine says of a failed `up`.
LAST_LINES = 30


class Progress:
    """What is being done: one line that changes on a terminal, a line now and then elsewhere."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._told = time.monotonic()
        self._status: Status | None = None

    @contextmanager
    def phase(self, what: str) -> Iterator[None]:
        """Something that takes a while."""
        self._status = self._console.status(what) if self._console.is_terminal else None
        began = time.monotonic()
        if self._status:
            self._status.start()
        try:
            yield
        finally:
            if self._status:
                self._status.stop()
        self._console.print(f"{what}: {time.monotonic() - began:.0f} s")

    def detail(self, text: str) -> None:
        """How far it is."""
        if self._status:
            self._status.update(text)
        elif time.monotonic() - self._told > TELL_EVERY:
            self._told = time.monotonic()
            self._console.print(f"  {text}")


def show(console: Console, found: Sequence[Check]) -> bool:
    """What was tried, and with what; whether all of it holds."""
    table = Table("what was tried", "expected", "seen", "")
    for check in found:
        table.add_row(check.what, check.expected, check.seen, "ok" if check.holds else "WRONG")
    console.print(table, markup=False)
    console.print("Real:", *(f"  - {each}" for each in cast.REAL), sep="\n")
    console.print("Stands in:", *(f"  - {each}" for each in cast.STANDS_IN), sep="\n")
    return all(check.holds for check in found)


def ended(run: Callable[[], int], console: Console) -> int:
    """The exit status of a run; where it broke off, a person is told why."""
    try:
        return run()
    except Failed as failed:
        console.print("\n".join(failed.run.text.splitlines()[-LAST_LINES:]), markup=False)
    except ProcessFailed as failed:
        console.print(str(failed), markup=False)
    except KeyboardInterrupt:
        console.print("\nStopped; nothing is left behind.")
        return STOPPED
    except Exception as error:  # noqa: BLE001 - any failure becomes a message and an exit status
        console.print(f"It broke off: {type(error).__name__}: {error}", markup=False)
    return FAILED
