"""`make up` and `make destroy`: report at once everything that would stop Pulumi later, then run Pulumi.

Exit status: Pulumi's own; 1 if Pulumi did not run because a check failed or a file cannot be read, 2 if there is no
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

# Without a preview the deletions are not shown, and a stack whose destroy guard does not exist loses every unprotected
# resource.
NO_PREVIEW = ("--skip-preview", "-f")

KEPT = """\
After a destroy, AWS keeps:
  - the KMS key of the cluster, for {days} days; `aws kms cancel-key-deletion` keeps it permanently
  - the log group of the cluster ({log_group}), if EKS writes to it once more after its deletion: delete it later;
    the next `up` of the same stack creates its own
  - EBS volumes of PersistentVolumes with reclaimPolicy Retain, and snapshots
Load balancers of Services and Ingresses prevent the deletion of the VPC: delete those objects first.
"""


@dataclass(frozen=True)
class Note:
    """Information before an ``up`` that does not prevent it."""

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
    """Run the checks for the time ``now``, then `pulumi up` with further arguments."""
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
    """Print what AWS keeps, run the checks, then `pulumi destroy` with further arguments."""
    file = _stack_file(root, stack)
    if isinstance(file, int):
        return file
    print(KEPT.format(days=control_plane.KEY_DELETION_DAYS, log_group=control_plane.log_group("<cluster>")), flush=True)
    failures = list(_before_destroy(file, stack, arguments, run or running.runner(root)))
    command = ["pulumi", "destroy", "--stack", stack, *arguments]
    return _refused("destroy", failures) or (execute or _executor(root))(command)


def _stack_file(root: Path, stack: str) -> StackFile | int:
    """Return the file, or print what is wrong with it and return the exit status."""
    try:
        return stack_file.read(stack_file.path_of(root, stack), root / stack_file.PROJECT_FILE)
    except (stack_file.NotFoundError, stack_file.UnreadableError) as error:
        print(error, file=sys.stderr)
        return 2 if isinstance(error, stack_file.NotFoundError) else 1


def _before_up(file: StackFile, stack: str, now: datetime.datetime, run: Run) -> Iterator[Failure | Note]:
    yield from _machine(run, stack)
    who = checks.caller(run, file.values)
    if isinstance(who, Failure):
        yield who
    yield from _settings(file, stack, now, run, who if isinstance(who, Caller) else None)


def _settings(
    file: StackFile, stack: str, now: datetime.datetime, run: Run, who: Caller | None
) -> Iterator[Failure | Note]:
    """Check the settings, their placeholders, the step from the last ``up``, and the caller."""
    try:
        loaded = reading.load(
            file.values, stack=stack, today=now.date(), secret_keys=file.secrets, source=file.path.name
        )
    except SettingsError as error:
        yield Failure(what=f"The settings are not valid. {str(error).strip()}", remedy="Correct them.")
        return
    # If the outputs cannot be read, the checks of the machine report it.
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
    """Check everything but the settings: a stack with settings that are no longer valid can still be destroyed."""
    if file.values.get(checks.PROTECT) == "true":
        yield Failure(
            what=f"{file.path.name} sets protect: true, so that no single command deletes the stack.",
            remedy=f"Run `pulumi config set {checks.PROTECT} false --stack "
            f"{stack}`, then `make up STACK={stack}`, then `make destroy STACK={stack}`.",
        )
    for flag in NO_PREVIEW:
        if flag in arguments:
            yield Failure(
                what=f"{flag} deletes without a preview.",
                remedy="Remove it; `--yes` confirms after the preview.",
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
    """Print every failure and return 1; return 0 if there are none."""
    if not failures:
        return 0
    count = "1 check" if len(failures) == 1 else f"{len(failures)} checks"
    print(f"`pulumi {what}` did not run: {count} failed.\n", file=sys.stderr)
    print("\n\n".join(map(str, failures)), file=sys.stderr)
    return 1


def _executor(root: Path) -> Execute:
    """Return a function that runs Pulumi on this terminal, where it shows its preview and asks."""
    return lambda command: subprocess.run(command, cwd=root).returncode
