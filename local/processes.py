"""Child processes with a log each."""

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

TAIL_LINES = 20


class ProcessFailedError(Exception):
    """A process ended, or did not become ready; the text says which, and what it said last."""


class Process:
    """A running program; what it prints goes to ``log``, added to what is there."""

    def __init__(
        self, name: str, argv: Sequence[str], *, log: Path, env: Mapping[str, str], cwd: Path | None = None
    ) -> None:
        self.name = name
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                list(argv),
                env=dict(env),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Ctrl-C is for whoever runs this, who then stops its children in order.
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Return the process ID of the child itself."""
        return self._process.pid

    @property
    def exit_status(self) -> int | None:
        """Return the exit status: None while it runs, the negative number of a signal that ended it."""
        return self._process.poll()

    def tail(self, lines: int = TAIL_LINES) -> str:
        """Return the last lines it printed."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, unless the process has ended."""
        if self.exit_status is None:
            self._process.send_signal(number)

    def wait(self, seconds: float) -> bool:
        """Wait; return whether the process ended within that time."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def stop(self, grace: float = 5) -> None:
        """Stop the process: SIGTERM first, SIGKILL after ``grace`` seconds."""
        self.signal(signal.SIGTERM)
        if not self.wait(grace):
            self.signal(signal.SIGKILL)
            self._process.wait()

    def until(self, ready: Callable[[], bool], *, within: float) -> None:
        """Wait until ``ready()``, which may raise OSError while there is no answer. Raises ProcessFailedError."""

        def there() -> bool:
            if self.exit_status is not None:
                raise ProcessFailedError(
                    f"{self.name} ended with status {self.exit_status}; {self.log}:\n{self.tail()}"
                )
            return _answers(ready)

        if not poll(there, within=within):
            raise ProcessFailedError(f"{self.name} was not ready within {within:.0f} s; {self.log}:\n{self.tail()}")


def poll(there: Callable[[], bool], *, within: float, every: float = 0.1) -> bool:
    """Check ``there()`` every ``every`` seconds; return whether it became true within ``within`` seconds."""
    end = time.monotonic() + within
    while not there():
        if time.monotonic() > end:
            return False
        time.sleep(every)
    return True


def _answers(ready: Callable[[], bool]) -> bool:
    try:
        return ready()
    except OSError:
        return False
