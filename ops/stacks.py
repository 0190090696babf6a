"""The stack that a command is asked about: its settings or its plan, or the end of the command with what is wrong."""

import datetime
from pathlib import Path

from components.settings.loaded import Loaded
from components.stack import reading
from components.stack.reading import SettingsError
from ops import ending
from ops.offline import planned, stack_file
from ops.offline.planned import Plan, ProgramRefused


def settings(root: Path, stack: str, config: Path | None, today: datetime.date) -> Loaded:
    """Settings of a stack; config: in place of its own file."""
    try:
        file = stack_file.read(config or stack_file.path_of(root, stack))
        return reading.load(file.values, stack=stack, today=today, secret_keys=file.secrets, source=file.path.name)
    except stack_file.NotFound as error:
        ending.refused(error, 2)
    except (stack_file.Unreadable, SettingsError) as error:
        ending.refused(error, 1)


def plan(root: Path, stack: str, config: Path | None, today: datetime.date) -> Plan:
    """What the program of ``root`` builds of a stack; config: in place of its own file."""
    try:
        return planned.evaluate(root, stack, config or stack_file.path_of(root, stack), today)
    except stack_file.NotFound as error:
        ending.refused(error, 2)
    except (stack_file.Unreadable, SettingsError, ProgramRefused) as error:
        ending.refused(error, 1)
