"""Recording of the resources that the program registers with the SDK's own mock monitor.

The run needs no CLI, no cluster and no credential. A recording shows what the program requests; only a provider knows
the result.
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

    Args:
        folder: Root of the program.
        stack: Name of the stack.
        config: Fully qualified keys with the raw text that the engine passes on.
        secret_keys: Keys of secret values.
        today: Date for the program; by default the real one.
        answers: Answers of the providers in an update; by default everything is unknown, as in a first preview.

    Raises:
        RunError: The program rejects the settings. Other exceptions of the program pass through.
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
    """Record any callable like ``record``, such as a single component in a test."""
    recording = Recording(project=stack_config.PROJECT, stack=stack)

    def isolated() -> None:
        stack_config.TODAY.set(today)
        asyncio.run(_run(program, recording, answers, config, secret_keys, root_directory))

    # Settings, root and config of the SDK are context variables: a new context isolates each run.
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
