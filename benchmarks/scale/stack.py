"""The stack whose mesh our variants are, but for the size, and whose network, nodes and gateways costs are made of."""

import datetime

from components.settings.base import LAST_YEAR
from components.settings.loaded import Loaded
from components.stack import reading
from local.machine import machine
from ops.offline import stack_file

STACK = "prod"
# No figure depends on the day. It only has to be on or after every day that a setting may name.
DAY = datetime.date(LAST_YEAR, 12, 31)


def committed() -> Loaded:
    """Read the stack's file in this repository."""
    file = stack_file.read(stack_file.path_of(machine.ROOT, STACK))
    return reading.load(file.values, stack=STACK, today=DAY, secret_keys=file.secrets, source=file.path.name)
