"""One stack, evaluated: its settings and the document of what they build."""

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pulumi import RunError

from components import trust
from components.settings.loaded import Loaded
from components.stack import reading
from ops.offline import document, recorder, stack_file


class ProgramRefused(Exception):
    """The program does not take what the settings say; the text says why."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What an offline preview knows: ``loaded`` the decisions, ``document`` what follows from them."""

    loaded: Loaded
    document: dict[str, Any]


def evaluate(root: Path, stack: str, path: Path, today: datetime.date) -> Plan:
    """Read the stack file at ``path`` and run the program of ``root`` with it.

    Raises stack_file.NotFound, stack_file.Unreadable, reading.SettingsError and ProgramRefused, each with a
    text for a person.
    """
    file = stack_file.read(path)
    loaded = reading.load(file.values, stack=stack, today=today, secret_keys=file.secrets, source=path.name)
    try:
        recording = recorder.record(root, stack, file.values, secret_keys=file.secrets, today=today)
    except RunError as error:
        raise ProgramRefused(str(error)) from None
    built = document.build(recording)
    # Nobody asks the state here, so the program does not know what was made, and is silent.
    mesh = loaded.settings.mesh
    ends = trust.warnings(trust.plan(mesh.certificates, mesh.trust_domain), today)
    return Plan(loaded=loaded, document={**built, "warnings": [*ends, *built["warnings"]]})
