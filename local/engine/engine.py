"""The real Pulumi engine with a state in files, on a temporary copy of the project, against stand-in providers.

Real: the engine, its order, its state and its encryption, and the unchanged ``__main__.py`` (as the Automation API's
inline program; only the CLI's Python host is left out). What the providers answer is said by the stand-ins.
"""

import datetime
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from local.engine.session import Session
from local.providers.protocol import server
from local.providers.protocol.base import StandIn


@contextmanager
def session(
    stack: str, stand_ins: Sequence[StandIn], *, today: datetime.date, owned: Mapping[str, str] | None = None
) -> Iterator[Session]:
    """Open a new stack with the committed settings, in a folder that is removed afterwards.

    owned: texts to put in the place of the placeholders of the stack file.
    """
    with tempfile.TemporaryDirectory(prefix="istio-eks-engine-") as made, _served(stand_ins) as environment:
        opened = Session(Path(made), stack, environment, today)
        opened.backend.mkdir()
        _copy(opened, owned or {})
        yield opened


@contextmanager
def beside(other: Session, source: Path, stack: str, stand_ins: Sequence[StandIn]) -> Iterator[Session]:
    """Open a stack of another project in the same backend, for a team that reads the outputs of ``other``.

    source: the project's folder, with a ``__main__.py``. Its state is deleted with that of ``other``.
    """
    with _served(stand_ins) as environment:
        opened = Session(other.folder, stack, environment, other.today, source)
        _copy(opened, {})
        yield opened


def _copy(opened: Session, owned: Mapping[str, str]) -> None:
    """Copy the files that the engine writes to."""
    opened.project.mkdir(exist_ok=True)
    shutil.copyfile(opened.source / "Pulumi.yaml", opened.project / "Pulumi.yaml")
    text = (opened.source / opened.file.name).read_text()
    for placeholder, value in owned.items():
        text = text.replace(placeholder, value)
    opened.file.write_text(text)


@contextmanager
def _served(stand_ins: Sequence[StandIn]) -> Iterator[dict[str, str]]:
    with server.serve({stand_in.package: stand_in for stand_in in stand_ins}) as ports:
        yield server.environment(ports)
