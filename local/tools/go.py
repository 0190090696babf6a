"""The Go command: whether it is there, and one build with its progress."""

import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

# Seconds between two lines of progress.
PROGRESS = 15
# A build that takes longer hangs: the slowest takes three minutes on two cores.
TIMEOUT = 1800
# The first Go that fetches other toolchains.
FETCHES = (1, 21)


class GoError(Exception):
    """A tool cannot be had; the text is for a person."""


class GoMissingError(GoError):
    """No Go, or one that is too old."""


def command(folder: Path) -> str:
    """Return the path of the Go command for the module in ``folder``.

    Raises GoMissingError. When called inside the folder, Go fetches a newer toolchain by itself where that is allowed.
    """
    least = needed(folder)
    found = shutil.which("go")
    if not found:
        raise GoMissingError(
            f"Go {least} or newer is needed to build {folder.name}, and there is no `go` on the PATH. "
            "Install it (https://go.dev/doc/install)."
        )
    asked = subprocess.run([found, "env", "GOVERSION"], cwd=folder, capture_output=True, text=True, timeout=300)
    if asked.returncode or number(asked.stdout) < number(least):
        said = asked.stdout.strip() or asked.stderr.strip()
        raise GoMissingError(
            f"Go {least} or newer is needed to build {folder.name}, and {found} says: {said}. "
            "Install a newer one (https://go.dev/doc/install), or let Go fetch it: GOTOOLCHAIN=auto."
        )
    return found


def lacking(least: str) -> str:
    """Return why no Go of this version or newer can be had here, asked outside of any module; empty when one can."""
    found = shutil.which("go")
    if not found:
        return "there is no `go` on the PATH"
    version, _, toolchain = _env(found, "GOVERSION", "GOTOOLCHAIN").partition("\n")
    # A newer Go fetches the toolchain that a module asks for, unless it is told not to (go.dev/doc/toolchain).
    fetches = number(version) >= FETCHES and (toolchain == "auto" or toolchain.endswith("+auto"))
    return (
        "" if fetches or number(version) >= number(least) else f"{found} is {version or 'of no version that it says'}"
    )


def caches() -> list[Path]:
    """Return where Go keeps modules and what it has built, or would."""
    found = shutil.which("go")
    places = _env(found, "GOMODCACHE", "GOCACHE").splitlines() if found else []
    return [Path(each) for each in places] or [Path.home() / "go/pkg/mod", Path.home() / ".cache/go-build"]


def _env(go: str, *names: str) -> str:
    # Inside a module Go might fetch a toolchain before it answers.
    return subprocess.run([go, "env", *names], cwd="/", capture_output=True, text=True, timeout=300).stdout.strip()


def run(arguments: Sequence[str], folder: Path) -> str:
    """Run a short ``go`` command in ``folder`` and return its output."""
    done = subprocess.run([command(folder), *arguments], cwd=folder, capture_output=True, text=True, timeout=TIMEOUT)
    if done.returncode:
        raise GoError(f"`go {' '.join(arguments)}` failed in {folder}:\n{done.stderr or done.stdout}")
    return done.stdout


def build(arguments: Sequence[str], folder: Path) -> None:
    """Run ``go build`` in ``folder``, with a line of progress every few seconds on stderr."""
    go, began = command(folder), time.monotonic()
    process = subprocess.Popen([go, "build", *arguments], cwd=folder, stderr=subprocess.PIPE, text=True)
    said: list[str] = []
    reader = threading.Thread(target=lambda: said.extend(process.stderr or ()), daemon=True)
    reader.start()
    try:
        while not _ended(process) and (spent := time.monotonic() - began) < TIMEOUT:
            print(f"  {folder.name}: {spent:.0f} s ...", file=sys.stderr, flush=True)
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait()
    reader.join()
    if process.returncode:
        errors = [line for line in said if not line.startswith("go: downloading")]
        raise GoError(f"{folder.name} could not be built in {folder}:\n{''.join(errors[-20:])}")


def _ended(process: subprocess.Popen[str]) -> bool:
    try:
        process.wait(PROGRESS)
    except subprocess.TimeoutExpired:
        return False
    return True


def needed(folder: Path) -> str:
    """Return the version that the go.mod of a folder asks for."""
    found = re.search(r"^go (\S+)$", (folder / "go.mod").read_text(), re.MULTILINE)
    assert found, folder
    return found[1]


def number(version: str) -> tuple[int, ...]:
    """Return a version such that a newer one is greater."""
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])
