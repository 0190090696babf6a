"""Run the program under the SDK's own mock monitor and keep what it registers.

Nothing outside this process is asked: no CLI, no cluster, no credential. A recording says what the program asks
for; only a provider can say what comes of it.
"""

import asyncio
import contextvars
import datetime
import runpy
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import pulumi
from google.protobuf import empty_pb2
from pulumi.runtime import mocks, settings
from pulumi.runtime.stack import run_in_stack

from components.stack import stack_config
from ops.offline.monitor import Answers, Engine, Monitor, Recording, Unanswered

PROGRAM = "__main__.py"


def record(
    folder: Path,
    stack: str,
    config: Mapping[str, str],
    *,
    secret_keys: frozenset[str] = frozenset(),
    today: datetime.date | None = None,
    answers: Answers | None = None,
) -> Recording:
    """Run ``__main__.py`` of ``folder`` for one stack.

    config: fully qualified keys with the raw text the engine hands out.
    today: the program's clock; the real one by default.
    answers: what providers would answer in an update; by default nothing is known yet, as in a first preview.

    Raises whatever the program raises; ``pulumi.RunError`` carries a message for a person.
    """

    def program() -> None:
        runpy.run_path(str(folder / PROGRAM), run_name="__main__")

    return record_program(
        program, stack, config, secret_keys=secret_keys, today=today, answers=answers, root_directory=folder
    )


def record_program(
    program: Callable[[], None],
    stack: str,
    config: Mapping[str, str],
    *,
    secret_keys: frozenset[str] = frozenset(),
    today: datetime.date | None = None,
    answers: Answers | None = None,
    root_directory: Path | None = None,
) -> Recording:
    """``record`` for any callable: a component on its own, in a test."""
    recording = Recording(project=stack_config.PROJECT, stack=stack)

    def isolated() -> None:
        stack_config.TODAY.set(today)
        asyncio.run(_run(program, recording, answers, config, secret_keys, root_directory))

    # Settings, root and config of the SDK are context variables: a fresh context leaks nothing into the next run.
    contextvars.Context().run(isolated)
    return recording


async def _run(
    program: Callable[[], None],
    recording: Recording,
    answers: Answers | None,
    config: Mapping[str, str],
    secret_keys: frozenset[str],
    root_directory: Path | None,
) -> None:
    monitor = Monitor(recording, answers or Unanswered())
    # The SDK has no annotations here.
    features = monitor.GetDeploymentInfo(empty_pb2.Empty())  # type: ignore[no-untyped-call]
    settings.configure(
        mocks.MockSettings(
            monitor=monitor,
            monitor_features=set(features.supportedFeatures),
            engine=Engine(recording),
            project=recording.project,
            stack=recording.stack,
            dry_run=answers is None,
            organization="organization",
            callbacks=None,
            root_directory=str(root_directory or Path.cwd()),
            outputs=set(),
            lock=threading.Lock(),
        )
    )
    pulumi.runtime.set_all_config(dict(config), sorted(secret_keys))
    await run_in_stack(program)
