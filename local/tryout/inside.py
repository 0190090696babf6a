"""Inside the machine: bring a stack up, check it, show it, and wait."""

import argparse
import datetime
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console
from rich.status import Status
from rich.table import Table

from design import settings_reader
from design.settings import Settings
from local import machine, mesh, relay
from local.engine import Failed, Step
from local.entrance.browser import PORTS
from local.mesh import Mesh
from local.processes import ProcessFailed
from local.tryout import cast, checks
from ops import stack_file

# Seconds between two lines of progress, where nobody looks at a terminal.
TELL_EVERY = 10.0
FAILED, STOPPED = 1, 130
# Of what the engine says of a failed `up`.
LAST_LINES = 30


class Progress:
    """What is being done: one line that changes on a terminal, a line now and then elsewhere."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._began = self._told = time.monotonic()
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


def run(stack: str, console: Console) -> int:
    """Everything but the handling of Ctrl-C; exit status 0 when each check holds, else 1."""
    progress = Progress(console)
    folder = Path(tempfile.mkdtemp(prefix="try-", dir=machine.scratch()))
    running = mesh.mesh(stack, folder, today=datetime.date.today())
    with progress.phase("Kubernetes control plane"):
        made = running.__enter__()
    # Ctrl-C ends the machine, and with it everything: faster, and surer, than to take it down in order.
    with progress.phase(f"pulumi up of stack {stack}"):
        _up(made, progress)
    settings = _settings(made, stack)
    if not settings.bookinfo.enabled:
        console.print("Bookinfo is not enabled in this stack: nothing to check or to show.")
        return _wait(console)
    with progress.phase("Checks with real requests"):
        found = list(checks.run(made, settings.bookinfo))
    _show(console, found)
    failed = [check for check in found if not check.holds]
    if failed:
        return FAILED
    return _open(made, settings, console)


def _up(made: Mesh, progress: Progress) -> None:
    begun = 0

    def watch(step: Step) -> None:
        nonlocal begun
        begun += 1
        progress.detail(f"pulumi up: {begun} resources, now {step.name}")

    made.world.session.up(watch)


def _settings(made: Mesh, stack: str) -> Settings:
    config = stack_file.read(made.world.session.file).values
    loaded = settings_reader.load(config, stack=stack, today=datetime.date.today(), secret_keys=frozenset())
    return loaded.settings


def _show(console: Console, found: Sequence[checks.Check]) -> None:
    table = Table("what was tried", "expected", "seen", "")
    for check in found:
        table.add_row(check.what, check.expected, check.seen, "ok" if check.holds else "WRONG")
    console.print(table)
    console.print("Real:", *(f"  - {each}" for each in cast.REAL), sep="\n")
    console.print("Stands in:", *(f"  - {each}" for each in cast.STANDS_IN), sep="\n")


def _open(made: Mesh, settings: Settings, console: Console) -> int:
    """Lead the computer's own browser to the product page."""
    page = urlsplit(str(made.world.session.outputs()["bookinfoUrl"]))
    port = page.port or PORTS[page.scheme]
    try:
        with relay.Way() as way:
            opened = way.open_to(made.address(settings.bookinfo.gateway), port)
            # Every name below localhost leads to this computer, the NLB's to AWS.
            host = page.hostname if (page.hostname or "").endswith(".localhost") else "localhost"
            console.print(
                f"\nThe product page: {page.scheme}://{host}:{opened}{page.path}   (sign in as {checks.USER})"
            )
            return _wait(console)
    except relay.NoWay:
        return _wait(console)


def _wait(console: Console) -> int:
    if os.environ.get("CI") == "true":
        return 0
    console.print("Ctrl-C takes everything down.")
    try:
        signal.pause()
    except KeyboardInterrupt:
        console.print("\nDown; nothing is left behind.")
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 every check held; 1 one did not, or the stack did not come up; 130 stopped before that."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stack", required=True)
    stack = parser.parse_args(arguments).stack
    console = Console(highlight=False, soft_wrap=True)
    try:
        return run(stack, console)
    except Failed as failed:
        console.print("\n".join(failed.run.text.splitlines()[-LAST_LINES:]), markup=False)
    except ProcessFailed as failed:
        console.print(str(failed), markup=False)
    except KeyboardInterrupt:
        console.print("\nStopped; nothing is left behind.")
        return STOPPED
    return FAILED


if __name__ == "__main__":
    # Threads of a cluster that still runs would keep the process; its machine ends with it.
    status = main()
    sys.stdout.flush()
    os._exit(status)
