"""A stack that runs: brought up and settled, its logs kept when that fails."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from components.settings import clock
from local.machine import machine
from local.tools import tools
from local.world import mesh
from local.world.mesh import Mesh
from local.world.settled import settled

# The logs of a stack that failed are copied here; everything else of it vanishes.
LOGS = tools.ROOT / ".tools" / "logs"


@contextmanager
def up(stack: str, settings: Mapping[str, Any] | None = None) -> Iterator[Mesh]:
    """Bring up a committed stack, with other settings merged over its own."""
    folder = Path(tempfile.mkdtemp(prefix=f"mesh-{stack}-", dir=machine.scratch()))
    try:
        with mesh.mesh(stack, folder, today=clock.now().date()) as made:
            made.world.session.change(settings or {})
            made.world.session.up()
            settled(made)
            yield made
    except BaseException:
        keep_logs(stack, folder)
        raise


def keep_logs(stack: str, folder: Path) -> Path:
    """Copy the logs of a stack out of the machine, over those of the previous run."""
    kept = LOGS / stack
    shutil.rmtree(kept, ignore_errors=True)
    for log in _logs(folder):
        target = kept / log.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(log, target)
    return kept


def _logs(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        # A mount is what a pod sees as its root, with everything of this computer.
        folders[:] = [name for name in folders if not os.path.ismount(Path(place, name))]
        yield from (Path(place, name) for name in files if name.endswith(".log"))
