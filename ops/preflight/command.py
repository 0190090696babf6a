"""`make up` and `make destroy`: everything that would stop Pulumi later, said at once, and then Pulumi itself.

Exit status: Pulumi's own; 1 when it was not called because something is missing or cannot be read, 2 when there is no
such stack file.
"""

import datetime
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from components import trust
from components.cluster import control_plane
from components.stack import provider_config, reading
from components.stack.reading import SettingsError
from ops import running
from ops.certificates import last_up
from ops.offline import stack_file
from ops.offline.stack_file import StackFile
from ops.preflight import checks
from ops.preflight.checks import Caller
from ops.running import Failure, Run

# Without its preview nobody sees what goes, and a stack whose guard was never made loses what is not protected itself.
NO_PREVIEW = ("--skip-preview", "-f")

KEPT = """\
AWS keeps after a destroy:
  - the KMS key of the cluster, {days} days until it is deleted; `aws kms cancel-key-deletion` keeps it
  - the log group that EKS may write to once more after it is deleted ({log_group}): delete it later,
    the next `up` of the same stack makes its own
  - EBS volumes of PersistentVolumes with reclaimPolicy Retain, and snapshots
Load balancers that teams made with Services or Ingresses hold the VPC: delete those objects first.
"""


@dataclass(frozen=True)
class Note:
    """Something to know before an ``up`` that nothing stands in the way of."""

    text: str

    def __str__(self) -> str:
        return f"Note: {self.text}"


Execute = Callable[[Sequence[str]], int]


def up(
    root: Path,
    stack: str,
    arguments: Sequence[str],
    now: datetime.datetime,
    run: Run | None = None,
    execute: Execute | None = None,
) -> int:
    """Check, then run `pulumi up` with further arguments; ``now`` is the moment that the checks go by."""
    file = _stack_file(root, stack)
    if isinstance(file, int):
        return file
    found = list(_before_up(file, stack, now, run or running.runner(root)))
    if status := _refused("up", [each for each in found if isinstance(each, Failure)]):
        return status
    for note in (each for each in found if isinstance(each, Note)):
        print(f"{note}\n", file=sys.stderr)
    return (execute or _executor(root))(["pulumi", "up", "--stack", stack, *arguments])


def destroy(
    root: Path, stack: str, arguments: Sequence[str], run: Run | None = None, execute: Execute | None = None
) -> int:
    """Say what stays, check, then `pulumi destroy` with further arguments."""
    file = _stack_file(root, stack)
    if isinstance(file, int):
        return file
    print(KEPT.format(days=control_plane.KEY_DELETION_DAYS, log_group=control_plane.log_group("<cluster>")), flush=True)
    failures = list(_before_destroy(file, stack, arguments, run or running.runner(root)))
    command = ["pulumi", "destroy", "--stack", stack, *arguments]
    return _refused("destroy", failures) or (execute or _executor(root))(command)


def _stack_file(root: Path, stack: str) -> StackFile | int:
    """The file, or the exit status after saying what is wrong with it."""
    try:
        return stack_file.read(stack_file.path_of(root, stack), root / stack_file.PROJECT_FILE)
    except (stack_file.NotFound, stack_file.Unreadable) as error:
        print(error, file=sys.stderr)
        return 2 if isinstance(error, stack_file.NotFound) else 1


def _before_up(file: StackFile, stack: str, now: datetime.datetime, run: Run) -> Iterator[Failure | Note]:
    yield from _machine(run, stack)
    who = checks.caller(run, file.values)
    if isinstance(who, Failure):
        yield who
    yield from _settings(file, stack, now, run, who if isinstance(who, Caller) else None)


def _settings(
    file: StackFile, stack: str, now: datetime.datetime, run: Run, who: Caller | None
) -> Iterator[Failure | Note]:
    """The settings, the placeholders left in them, the step from the last ``up``, and who the caller is."""
    try:
        loaded = reading.load(
            file.values, stack=stack, today=now.date(), secret_keys=file.secrets, source=file.path.name
        )
    except SettingsError as error:
        yield Failure(what=f"The settings are refused. {str(error).strip()}", remedy="Correct them.")
        return
    # Where nobody can read them, the checks of the machine say so.
    last = last_up.outputs(run, stack) or {}
    for problem in loaded.placeholders:
        yield Failure(what=f"{problem.key}: {json.dumps(problem.value)} {problem.reason}", remedy=problem.remedy)
    if who:
        yield from checks.account(who, provider_config.account_ids(file.values))
        yield from checks.deployer(who, loaded.settings, creates=not last)
    state, mesh = last_up.resources(run, stack), loaded.settings.mesh
    yield from last_up.failures(last_up.skipped(last, mesh, now, last_up.held(state)))
    plan = trust.plan(mesh.certificates, mesh.trust_domain)
    yield from map(Note, trust.made_late(plan, last_up.made(state, plan), now.date()))


def _before_destroy(file: StackFile, stack: str, arguments: Sequence[str], run: Run) -> Iterator[Failure]:
    """Not the settings: a stack whose settings are refused by now can still go."""
    if file.values.get(checks.PROTECT) == "true":
        yield Failure(
            what=f"{file.path.name} says protect: true.",
            remedy=f"In two steps, so that one command cannot do it: `pulumi config set {checks.PROTECT} false --stack "
            f"{stack}` and `make up STACK={stack}`, then `make destroy STACK={stack}`.",
        )
    for flag in NO_PREVIEW:
        if flag in arguments:
            yield Failure(
                what=f"{flag} deletes without showing what.",
                remedy="Leave it out; `--yes` answers the question after the preview.",
            )
    machine = list(_machine(run, stack))
    yield from machine
    who = checks.caller(run, file.values)
    if isinstance(who, Failure):
        yield who
    elif who:
        yield from checks.account(who, provider_config.account_ids(file.values))
    if not machine:
        yield from checks.still_protected(run, stack)


def _machine(run: Run, stack: str) -> Iterator[Failure]:
    yield from checks.pulumi_cli(run)
    yield from checks.aws_cli(run)
    signed_out = list(checks.login(run))
    yield from signed_out or checks.stack_exists(run, stack)


def _refused(what: str, failures: Sequence[Failure]) -> int:
    """1 after everything in the way has been said, 0 when nothing is."""
    if not failures:
        return 0
    things = "1 thing stands" if len(failures) == 1 else f"{len(failures)} things stand"
    print(f"pulumi {what} was not called: {things} in the way.\n", file=sys.stderr)
    print("\n\n".join(map(str, failures)), file=sys.stderr)
    return 1


def _executor(root: Path) -> Execute:
    """Pulumi with the terminal as its own: it shows its preview and asks."""
    return lambda command: subprocess.run(command, cwd=root).returncode
