"""Settings or plan of the stack that a command is for; a problem with them ends the command."""

import datetime
from pathlib import Path

from components.settings.loaded import Loaded
from components.stack import reading
from components.stack.reading import SettingsError
from ops import ending
from ops.offline import planned, stack_file
from ops.offline.planned import Plan, ProgramRefusedError


def settings(root: Path, stack: str, config: Path | None, today: datetime.date) -> Loaded:
    """Return the settings of a stack, from ``config`` instead of its own file if given."""
    try:
        file = stack_file.read(config or stack_file.path_of(root, stack))
        return reading.load(file.values, stack=stack, today=today, secret_keys=file.secrets, source=file.path.name)
    except stack_file.NotFoundError as error:
        ending.refused(error, 2)
    except (stack_file.UnreadableError, SettingsError) as error:
        ending.refused(error, 1)


def plan(root: Path, stack: str, config: Path | None, today: datetime.date) -> Plan:
    """Return the plan of a stack by the program in ``root``, with ``config`` instead of its own file if given."""
    try:
        return planned.evaluate(root, stack, config or stack_file.path_of(root, stack), today)
    except stack_file.NotFoundError as error:
        ending.refused(error, 2)
    except (stack_file.UnreadableError, SettingsError, ProgramRefusedError) as error:
        ending.refused(error, 1)
