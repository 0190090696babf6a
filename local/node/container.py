"""One container: started, started again when it ends, stopped."""

import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from local.node.container_program import Program, program
from local.node.container_status import Role, Running, Seen, Terminated, Waiting
from local.node.environment import NotThereError, UnsupportedError
from local.node.life import Life
from local.node.probes import Asked, UnhealthyError
from local.node.restarts import BackOff, comes_back
from local.node.surroundings import NotAllowedError, Surroundings

Manifest = Mapping[str, Any]

# Before what could not be started is tried again, in seconds.
RETRY = 1.0


class Container:
    """Of a pod; ``begin`` starts what keeps it running until ``stop`` or ``kill``."""

    def __init__(self, spec: Manifest, role: Role, around: Surroundings, waiting: str) -> None:
        """Prepare; ``waiting`` is the reason in the state until the container is started."""
        self.spec, self.role, self._around = spec, role, around
        self.name: str = spec["name"]
        # It will not run again.
        self.over = threading.Event()
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._life: Life | None = None
        self._program: Program | None = None
        self._state: Waiting | Running | Terminated = Waiting(waiting)
        self._last: Terminated | None = None
        self._passed = False
        # Starts.
        self._lives = 0
        self._back_off = BackOff()

    @property
    def begun(self) -> bool:
        """Return whether ``begin`` was called."""
        return self._thread is not None

    @property
    def passed(self) -> bool:
        """Return whether the next container may start: the postStart hook is done, or there was nothing to start."""
        life = self._life
        return self._passed or (life is not None and life.entered.is_set())

    @property
    def pid(self) -> int | None:
        """Return the pid of the first process while it runs."""
        life = self._life
        return life.process.pid if life is not None and isinstance(self._state, Running) else None

    def begin(self) -> None:
        """Start the container, and restart it as its restart policy says."""
        self._thread = threading.Thread(target=self._keep, name=f"container {self.name}", daemon=True)
        self._thread.start()

    def seen(self) -> Seen:
        """Return the current state."""
        with self._lock:
            runs = isinstance(self._state, Running)
            life = self._life if runs else None
            ended = self._state if isinstance(self._state, Terminated) else self._last
            return Seen(
                name=self.name,
                image=self.spec["image"],
                role=self.role,
                state=self._state,
                last=self._last,
                restarts=max(0, self._lives - 1),
                started=life is not None and life.started and life.entered.is_set(),
                ready=life is not None and life.ready and life.entered.is_set(),
                restarted=self._comes_back(ended.code if ended else 0),
                id=f"process://{self._around.pod['metadata']['uid']}-{self.name}-{self._lives}" if self._lives else "",
            )

    def run(self, argv: Sequence[str], timeout: float) -> "subprocess.CompletedProcess[str]":
        """Run a command as the container's user in its environment.

        Raises subprocess.TimeoutExpired and UnhealthyError.
        """
        if self._program is None:
            raise UnhealthyError(f"container {self.name} was not started yet")
        return self._program.run(argv, timeout)

    def stop(self, grace: float, turn: Callable[[float], object] = lambda seconds: None) -> None:
        """Stop the container for good: preStop hook, wait for its turn, SIGTERM, and SIGKILL after the grace.

        grace: seconds for all of it. turn: waits, for so many seconds at most, until others have ended.
        """
        deadline = time.monotonic() + grace
        self._stopping.set()
        life = self._living()
        if life is not None:
            life.pre_stop(grace)
            turn(deadline - time.monotonic())
            life.end(deadline - time.monotonic())
        self.kill()

    def kill(self) -> None:
        """Kill the container for good, at once."""
        self._stopping.set()
        life = self._living()
        if life is not None:
            life.kill()
        if self._thread is not None:
            self._thread.join()
        self.over.set()

    def _living(self) -> Life | None:
        # Whoever holds the lock is starting it just now.
        with self._lock:
            return self._life

    def _keep(self) -> None:
        while not self._stopping.is_set():
            life = self._start()
            if life is None:
                self._stopping.wait(RETRY)
                continue
            self._around.changed()
            life.last()
            code = self._note_end(life)
            if self._stopping.is_set() or not self._comes_back(code):
                break
            self._wait_for_restart(life)
        self.over.set()
        self._around.changed()

    def _start(self) -> Life | None:
        """Start a life, or return None when it cannot start (yet); the state gives the reason."""
        try:
            return self._started(program(self.spec, self._around))
        except (NotThereError, UnsupportedError, NotAllowedError) as error:
            self._waits(Waiting("CreateContainerConfigError", str(error)))
        except Exception as error:  # noqa: BLE001 - any failure becomes the pod's status
            # Whatever the runtime says belongs to the pod's status: nobody else hears it.
            self._waits(Waiting("RunContainerError", str(error) or repr(error)))
        return None

    def _started(self, found: Program) -> Life | None:
        with self._lock:
            self._program = found
            if self._stopping.is_set():
                return None
            asked = Asked(container=self.spec, address=self._around.address, run=self.run)
            self._life = Life(self.spec, found.start(), asked, self._around.changed)
            self._state = Running(self._around.now())
            self._lives += 1
            return self._life

    def _note_end(self, life: Life) -> int:
        life.process.wait(1)
        status = life.process.exit_status or 0
        # As a shell and every runtime say which signal ended it.
        code = 128 - status if status < 0 else status
        since = self._state.since if isinstance(self._state, Running) else self._around.now()
        with self._lock:
            self._passed = True
            self._state = Terminated(code=code, since=since, until=self._around.now(), message=life.complaint)
        self._around.changed()
        return code

    def _comes_back(self, code: int) -> bool:
        return comes_back(self.role, self._around.pod["spec"].get("restartPolicy", "Always"), code)

    def _wait_for_restart(self, life: Life) -> None:
        seconds = self._back_off.after(time.monotonic() - life.since)
        with self._lock:
            ended = self._state
            self._last = ended if isinstance(ended, Terminated) else self._last
            if seconds:
                self._state = Waiting("CrashLoopBackOff", f"back-off {seconds:.0f}s restarting failed container")
        if seconds:
            self._around.changed()
        self._stopping.wait(seconds)

    def _waits(self, state: Waiting) -> None:
        with self._lock:
            changed, self._state, self._passed = self._state != state, state, True
        if changed:
            self._around.changed()
