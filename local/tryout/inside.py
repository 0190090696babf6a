"""Inside the machine: bring a stack up, check it, show it, and wait."""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from components.settings import Settings, clock
from components.stack import reading
from local.engine.runs import Step
from local.machine import machine
from local.tryout import checks, page, telling
from local.tryout.telling import Progress
from local.world import mesh
from local.world.mesh import Mesh
from ops.offline import stack_file


def run(stack: str, console: Console) -> int:
    """Run a stack and its checks; return exit status 0 if every check passes, else 1."""
    progress = Progress(console)
    folder = Path(tempfile.mkdtemp(prefix="try-", dir=machine.scratch()))
    running = mesh.mesh(stack, folder, today=clock.now().date())
    with progress.phase("Kubernetes control plane"):
        made = running.__enter__()
    # Ctrl-C ends the machine and every process in it, which is faster and more reliable than an orderly shutdown.
    with progress.phase(f"pulumi up of stack {stack}"):
        _up(made, progress)
    wanted = settings(made)
    if not wanted.bookinfo.enabled:
        console.print("Bookinfo is not enabled in this stack, so there is nothing to check.")
        return page.wait(console)
    with progress.phase("Checks with real requests"):
        found = list(checks.run(made, wanted.bookinfo))
    if not telling.show(console, found):
        return telling.FAILED
    url = str(made.world.session.outputs()["bookinfoUrl"])
    return page.lead(url, made.address(wanted.bookinfo.gateway), console)


def _up(made: Mesh, progress: Progress) -> None:
    begun = 0

    def watch(step: Step) -> None:
        nonlocal begun
        begun += 1
        progress.detail(f"pulumi up: {begun} resources, now {step.name}")

    made.world.session.up(watch)


def settings(made: Mesh) -> Settings:
    """Return the settings in the stack's file."""
    session = made.world.session
    config = stack_file.read(session.file).values
    loaded = reading.load(config, stack=session.stack, today=session.today, secret_keys=frozenset())
    return loaded.settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a stack inside the machine.

    Exit status: 0 every check passed; 1 a check or `up` failed; 130 stopped before that.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stack", required=True)
    stack = parser.parse_args(arguments).stack
    console = Console(highlight=False, soft_wrap=True)
    return telling.ended(lambda: run(stack, console), console)


if __name__ == "__main__":
    # Threads of the running cluster would keep the process alive; the machine ends with the process.
    status = main()
    sys.stdout.flush()
    os._exit(status)
