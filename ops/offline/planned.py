"""Plan of one stack: its settings, and the document of the resources that they define."""

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pulumi import RunError

from components import trust
from components.settings.loaded import Loaded
from components.stack import reading
from ops.offline import document, recorder, stack_file


class ProgramRefusedError(Exception):
    """The program rejects the settings; the text gives the reason."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Result of an offline preview."""

    loaded: Loaded
    """Settings of the stack."""
    document: dict[str, Any]
    """Resources, outputs and warnings that follow from the settings."""


def evaluate(root: Path, stack: str, path: Path, today: datetime.date) -> Plan:
    """Read the stack file at ``path`` and run the program of ``root`` with it.

    Raises:
        NotFoundError: There is no such stack file.
        UnreadableError: The stack file is not valid.
        SettingsError: The settings are not valid.
        ProgramRefusedError: The program rejects the settings.
    """
    file = stack_file.read(path)
    loaded = reading.load(file.values, stack=stack, today=today, secret_keys=file.secrets, source=path.name)
    try:
        recording = recorder.record(root, stack, file.values, secret_keys=file.secrets, today=today)
    except RunError as error:
        raise ProgramRefusedError(str(error)) from None
    built = document.build(recording)
    # The state is not read here, so the program does not know which certificates exist, and warns of none.
    mesh = loaded.settings.mesh
    ends = trust.warnings(trust.plan(mesh.certificates, mesh.trust_domain), today)
    return Plan(loaded=loaded, document={**built, "warnings": [*ends, *built["warnings"]]})
