"""One run of a container's program: its hooks, its probes, its end."""

import os
import select
import signal
import subprocess
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from typing import Any

from local import time_scale
from local.node import probes
from local.node.environment import UnsupportedError
from local.node.probes import Asked, Schedule, UnhealthyError
from local.processes import Process

Manifest = Mapping[str, Any]

# The kubelet gives every container this much after its hook, however long that took. In seconds.
MIN_GRACE = 2.0
DEFAULT_GRACE = 30.0
# For a hook that runs when nobody waits for the pod's end.
HOOK_SECONDS = 120.0


class Life:
    """From the start of a process to its end.

    started: its startup probe has succeeded, or there is none. ready: so has its readiness probe.
    entered: its postStart hook is done.
    """

    def __init__(self, spec: Manifest, process: Process, asked: Asked, changed: Callable[[], None]) -> None:
        self.process = process
        self.since = time.monotonic()
        self.entered = threading.Event()
        self.started = "startupProbe" not in spec
        self.ready = self.started and "readinessProbe" not in spec
        # Why it is being ended, when it is not the pod that ends.
        self.complaint = ""
        self._spec, self._asked, self._changed = spec, asked, changed
        self._over = threading.Event()
        self._stopping = threading.Event()
        self._handle = _open(process)
        if self._handle is not None:
            # Not sooner: another thread may still wait with it.
            weakref.finalize(self, os.close, self._handle)

    def last(self) -> None:
        """Wait until the process has ended, and run its hook and its probes meanwhile."""
        if (self._spec.get("lifecycle") or {}).get("postStart"):
            self._spawn("postStart", self._enter)
        else:
            self._enter()
        self.wait()
        self._over.set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait, and return whether it ended within that time; None waits without a limit."""
        if self._handle is None or self._over.is_set():
            return True
        ended = select.poll()
        ended.register(self._handle, select.POLLIN)
        return bool(ended.poll(None if seconds is None else seconds * 1000))

    def pre_stop(self, grace: float) -> None:
        """Run the preStop hook, because the pod ends, for the grace at most."""
        self._stopping.set()
        hook = (self._spec.get("lifecycle") or {}).get("preStop")
        if hook and grace > 0 and not self._over.is_set():
            # What a hook complains about stops nothing.
            self._hook(hook, grace)

    def end(self, grace: float) -> None:
        """Ask the process to end, and kill it after the grace."""
        self.process.signal(signal.SIGTERM)
        if not self.wait(max(grace, MIN_GRACE)):
            self.kill()

    def kill(self) -> None:
        """Kill the process now."""
        self._stopping.set()
        self.process.signal(signal.SIGKILL)

    def _enter(self) -> None:
        hook = (self._spec.get("lifecycle") or {}).get("postStart")
        complaint = self._hook(hook, HOOK_SECONDS) if hook else ""
        if complaint:
            self.complaint = f"PostStartHookError: {complaint}"
            self.kill()
            return
        self.entered.set()
        self._changed()
        if "startupProbe" in self._spec:
            self._watch("startupProbe", self._startup)
        else:
            self._lasting()

    def _startup(self, well: bool, text: str) -> bool:
        if not well:
            return self._unwell("startup", text)
        self.started, self.ready = True, "readinessProbe" not in self._spec
        self._changed()
        self._lasting()
        return False

    def _lasting(self) -> None:
        for kind, heard in (("readinessProbe", self._readiness), ("livenessProbe", self._liveness)):
            if kind in self._spec:
                self._watch(kind, heard)

    def _readiness(self, well: bool, text: str) -> bool:
        if self.ready != well:
            self.ready = well
            self._changed()
        return True

    def _liveness(self, well: bool, text: str) -> bool:
        return well or self._unwell("liveness", text)

    def _unwell(self, probe: str, text: str) -> bool:
        """End the process as at a pod's end, because it is unhealthy; the container's owner starts it again."""
        if not self._stopping.is_set():
            self.complaint = f"{probe} probe failed: {text}"
            grace = float(self._spec[f"{probe}Probe"].get("terminationGracePeriodSeconds") or DEFAULT_GRACE)
            self.pre_stop(grace)
            self.end(grace)
        return False

    def _watch(self, kind: str, heard: Callable[[bool, str], bool]) -> None:
        probe = self._spec[kind]
        schedule = Schedule.of(probe, eager=kind == "readinessProbe")
        self._spawn(
            kind,
            lambda: probes.watch(lambda: probes.ask(probe, self._asked), schedule, self._over, heard),
        )

    def _hook(self, hook: Manifest, seconds: float) -> str:
        """Run the hook and return its failure."""
        if "sleep" in hook:
            self._over.wait(min(time_scale.scaled(hook["sleep"]["seconds"]), seconds))
            return ""
        try:
            probes.ask({**hook, "timeoutSeconds": seconds}, self._asked)
        except (UnhealthyError, UnsupportedError, subprocess.SubprocessError) as error:
            return str(error)
        return ""

    def _spawn(self, name: str, work: Callable[[], None]) -> None:
        threading.Thread(target=work, name=f"{name} of {self._spec['name']}", daemon=True).start()


def _open(process: Process) -> int | None:
    """Open a handle to wait with, which no later process with the same pid takes over; None when it has ended."""
    try:
        return os.pidfd_open(process.pid)
    except ProcessLookupError:
        return None
