"""An `up` whose engine is killed while AWS makes something: what it leaves, and the way out of docs/pipelines.md."""

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import pytest

from local.engine.runs import RunFailedError
from local.processes import poll
from local.providers.aws.provider import Aws
from local.providers.protocol.base import Inputs, Outputs
from local.world.world import World
from tests.support.engine.world import world
from tests.support.unit import unlock

# Its name is ours, so that AWS refuses a second one.
LAST = ("aws:cloudwatch/logGroup:LogGroup", "cluster-logs")
# Its log ends in the middle of a line.
pytestmark = pytest.mark.filterwarnings("ignore:Error in event stream")


@dataclass
class Killer:
    """Ends the engine once AWS has made LAST, and keeps for itself what AWS has made. made: outputs by id."""

    aws: Aws
    backend: Path
    made: dict[str, Outputs] = field(default_factory=dict)
    waits: bool = True

    def __post_init__(self) -> None:
        self._create = self.aws.create

    def create(self, type_: str, name: str, inputs: Inputs) -> tuple[str, Outputs]:
        """As the stand-in does it."""
        id_, outputs = self._create(type_, name, inputs)
        self.made[id_] = inputs | outputs
        if self.waits and (type_, name) == LAST:
            self.waits = False
            (engine,) = engines()
            kill(engine, self.backend)
        return id_, outputs

    def delete(self, type_: str, id_: str) -> None:
        """As somebody in AWS's console."""
        self.aws.delete(type_, id_, self.made[id_])


def kill(engine: int, backend: Path) -> None:
    """Between two writes of the checkpoint: a file that is written in place is no state of an S3 bucket.

    The backend replaces a checkpoint by a rename, and writes the attributes beside it in place (gocloud.dev, fileblob):
    without them the checkpoint cannot be read. A thread that is inside the kernel when the engine is stopped may still
    empty the file on its way out; the file then gets the content that it had.
    """
    before: dict[Path, str] = {}

    def stopped() -> bool:
        os.kill(engine, signal.SIGSTOP)
        # Each of its threads stops by itself.
        time.sleep(0.05)
        before.update(kept(backend))
        if before and all(map(is_json, before.values())):
            return True
        os.kill(engine, signal.SIGCONT)
        return False

    assert poll(stopped, within=10, every=0.01)
    os.kill(engine, signal.SIGKILL)
    assert poll(lambda: has_ended(engine), within=10, every=0.01)
    after = kept(backend)
    for path, text in before.items():
        if not is_json(after.get(path, "")):
            path.write_text(text)


def kept(backend: Path) -> dict[Path, str]:
    """Every checkpoint of the backend with its attributes, by the file's path."""
    folder = backend / ".pulumi" / "stacks"
    return {path: path.read_text() for end in ("json", "attrs") for path in folder.glob(f"*/*.{end}")}


def is_json(text: str) -> bool:
    """Whether a checkpoint can be read."""
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def has_ended(process: int) -> bool:
    """Whether the kernel is done with a process; who started it may not have looked yet."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].startswith("Z")
    except OSError:
        return True


def engines() -> list[int]:
    """Process ids of the engines that this process has started."""
    stats = (each.read_text().rpartition(") ") for each in Path("/proc").glob("[0-9]*/stat"))
    ours = ((head, int(tail.split()[1]) == os.getpid()) for head, _, tail in stats)
    return [int(head.split()[0]) for head, child in ours if child and "(pulumi" in head]


@contextmanager
def killed() -> Iterator[tuple[World, Killer]]:
    """A stack whose first `up` is killed, without its lock."""
    with world("dev") as made:
        aws = next(each for each in made.stand_ins if isinstance(each, Aws))
        killer = Killer(aws, made.session.backend)
        with mock.patch.object(killer.aws, "create", killer.create):
            with pytest.raises(RunFailedError):
                made.session.up()
            assert not killer.waits
            unlocked(made)
            yield made, killer


def unlocked(made: World) -> None:
    """Nothing goes before."""
    with pytest.raises(RunFailedError, match=unlock.LOCKED):
        made.session.up()
    assert made.session.cli("cancel", "--yes").returncode == 0


def interrupted(made: World) -> list[str]:
    """URNs of what the engine was making."""
    pending = made.session.state().get("pending_operations", [])
    assert {each["type"] for each in pending} <= {"creating"}
    return [each["resource"]["urn"] for each in pending]


def clear(made: World) -> None:
    run = made.session.cli("refresh", "--clear-pending-creates", "--yes", "--skip-preview")
    assert run.returncode == 0, run.stdout + run.stderr
    assert interrupted(made) == []


def test_what_was_being_made_is_deleted_and_cleared_and_the_next_up_goes_on() -> None:
    with killed() as (made, killer):
        left = interrupted(made)
        assert LAST[1] in {urn.rpartition("::")[2] for urn in left}
        for deed in [each for each in made.deeds if each.urn in left]:
            killer.delete(deed.type, deed.id)
        clear(made)
        made.session.up()
        assert made.session.preview().changes() == []
        made.session.destroy()
        assert made.account.leftovers() == []


def test_what_aws_has_made_is_asked_for_again_otherwise() -> None:
    """Also when it is only cleared."""
    with killed() as (made, _):
        with pytest.raises(RunFailedError, match=unlock.TAKEN) as refused:
            made.session.up()
        assert f"{LAST[1]}, {unlock.MAKING}" in refused.value.run.text
        clear(made)
        with pytest.raises(RunFailedError, match=unlock.TAKEN):
            made.session.up()


def test_refresh_does_not_take_over_what_it_is_given_an_id_of() -> None:
    """Why the way out is to delete: of the pinned engine's answers, this one forgets the resource."""
    with killed() as (made, _):
        (deed,) = [each for each in made.deeds if (each.type, each.name) == LAST]
        answers = [f"--import-pending-creates={word}" for word in (deed.urn, deed.id)]
        made.session.cli("refresh", "--yes", "--skip-preview", *answers)
        assert deed.urn not in {each["urn"] for each in made.session.state()["resources"]}
        with pytest.raises(RunFailedError, match=unlock.TAKEN):
            made.session.up()
