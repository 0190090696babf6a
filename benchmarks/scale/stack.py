"""The stack whose mesh our variants are, but for the size, and whose network, nodes and gateways costs are made of."""

import datetime

from design import settings_reader
from local import machine
from ops import stack_file

STACK = "prod"


def committed() -> settings_reader.Loaded:
    """As its file in this repository says."""
    file = stack_file.read(stack_file.path_of(machine.ROOT, STACK))
    today = datetime.date.today()
    return settings_reader.load(file.values, stack=STACK, today=today, secret_keys=file.secrets, source=file.path.name)
