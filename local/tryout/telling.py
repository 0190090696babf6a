"""Output of `make try`: progress, results, and the reason for a failure."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.status import Status
from rich.table import Table

from local.engine.runs import RunFailedError
from local.processes import ProcessFailedError
from local.tryout import cast
from local.tryout.check import Check

# Seconds between two lines of progress without a terminal.
PRINT_EVERY = 10.0
FAILED, STOPPED = 1, 130
# Lines of the engine's output after a failed `up`.
LAST_LINES = 30


class Progress:
    """Progress: one changing line on a terminal, occasional lines elsewhere."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._printed_at = time.monotonic()
        self._status: Status | None = None

    @contextmanager
    def phase(self, what: str) -> Iterator[None]:
        """Show a step that takes a while, and its duration."""
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
        """Report progress."""
        if self._status:
            self._status.update(text)
        elif time.monotonic() - self._printed_at > PRINT_EVERY:
            self._printed_at = time.monotonic()
            self._console.print(f"  {text}")


def show(console: Console, found: Sequence[Check]) -> bool:
    """Print the checks and what is simulated; return whether every check passed."""
    table = Table("check", "expected", "result", "")
    for check in found:
        table.add_row(check.what, check.expected, check.seen, "ok" if check.holds else "FAILED")
    console.print(table, markup=False)
    console.print("Real:", *(f"  - {each}" for each in cast.REAL), sep="\n")
    console.print("Simulated:", *(f"  - {each}" for each in cast.SIMULATED), sep="\n")
    return all(check.holds for check in found)


def ended(run: Callable[[], int], console: Console) -> int:
    """Run and return the exit status; if the run fails, print the reason."""
    try:
        return run()
    except RunFailedError as failed:
        console.print("\n".join(failed.run.text.splitlines()[-LAST_LINES:]), markup=False)
    except ProcessFailedError as failed:
        console.print(str(failed), markup=False)
    except KeyboardInterrupt:
        console.print("\nStopped. Everything is removed.")
        return STOPPED
    except Exception as error:  # noqa: BLE001 - any failure becomes a message and an exit status
        console.print(f"Failed: {type(error).__name__}: {error}", markup=False)
    return FAILED
