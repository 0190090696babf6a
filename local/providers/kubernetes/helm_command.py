"""The helm command, asked as the Helm inside the provider would be."""

import json
import os
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from local.providers.kubernetes.target import Manifest

# What the command says in front of the reason that the provider gets.
_ANNOUNCEMENTS = ("Error: INSTALLATION FAILED: ", "Error: UPGRADE FAILED: ", "Error: ")


class HelmFailedError(Exception):
    """The text is helm's own reason. killed: it ended without one."""

    def __init__(self, text: str, *, killed: bool = False) -> None:
        super().__init__(text)
        self.killed = killed


class Helm:
    """``folder`` holds what helm keeps for itself; releases are Secrets in the cluster, as the provider leaves them."""

    def __init__(self, binary: Path, kubeconfig: Path, folder: Path) -> None:
        self._binary = binary
        self._environment = {
            # No proxy of this computer stands between helm and the API server.
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(folder),
            "KUBECONFIG": str(kubeconfig),
            # Helm spares API servers that others need too.
            "HELM_QPS": "200",
            "HELM_BURST_LIMIT": "400",
        }
        self._running: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)

    def run(self, *arguments: str, given: str = "") -> str:
        """Run helm and return its output; ``given`` is its standard input. Raises HelmFailedError."""
        process = subprocess.Popen(
            [str(self._binary), *arguments],
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # Ctrl-C is for whoever runs this, who then stops it by ``stop``.
            start_new_session=True,
        )
        with self._lock:
            self._running.add(process)
        try:
            printed, said = process.communicate(given)
        finally:
            with self._lock:
                self._running.discard(process)
        if process.returncode:
            raise _failure(arguments[0], process.returncode, said)
        return printed

    def listed(self, *arguments: str) -> list[Manifest]:
        """List the releases in every state, one row each."""
        rows: list[dict[str, Any]] = json.loads(self.run("list", "--all", "--max", "0", "-o", "json", *arguments))
        return rows

    @property
    def running(self) -> list[int]:
        """Return the pids of the helm processes that have not ended."""
        with self._lock:
            return [process.pid for process in self._running]

    def stop(self) -> None:
        """Terminate all running helm processes: their operations are noted as failed."""
        with self._lock:
            for process in self._running:
                process.terminate()


def _failure(verb: str, status: int, said: str) -> HelmFailedError:
    lines = said.strip().splitlines()
    start = next((index for index, line in enumerate(lines) if line.startswith("Error: ")), None)
    if start is None:
        return HelmFailedError(f"helm {verb} ended with status {status}: {said.strip()}", killed=status < 0)
    reason = _reason(lines[start:])
    # Warnings come before it, each with the time.
    return HelmFailedError(reason)


def _reason(lines: Sequence[str]) -> str:
    text = "\n".join(lines)
    for announcement in _ANNOUNCEMENTS:
        text = text.removeprefix(announcement)
    return text
