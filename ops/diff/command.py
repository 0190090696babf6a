"""``python -m ops diff``: compare every stack of two git revisions."""

import datetime
import json
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import typer

from ops import ending
from ops.diff import as_json, compare, evaluate, markdown, revisions, settings_diff
from ops.diff.changes import Comparison, Failed, Sides
from ops.diff.charts import Charts, Rendered
from ops.diff.evaluate import Evaluated, NotEvaluatedError
from ops.diff.report import EXIT, Report, Side
from ops.diff.revisions import Revision, RevisionError
from ops.offline import stack_file

WORKERS = 2


class NoSuchStackError(Exception):
    """Neither revision has the stack; the text lists the stacks that exist."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What to compare."""

    base: str
    head: str | None
    """``None`` for the work tree."""
    stacks: tuple[str, ...]
    """Empty for every stack."""
    pull: bool
    """Fetch charts from their repositories."""
    today: datetime.date


def run(root: Path, asked: Asked, style: str, limit: int | None) -> int:
    """Print the report and return the exit status.

    Args:
        root: Root of the repository.
        asked: What to compare.
        style: ``markdown`` or ``json``.
        limit: Maximum size of the Markdown in bytes, 0 for no limit, ``None`` for the limit of a comment.
    """
    try:
        found = evaluated(root, asked)
    except (NoSuchStackError, RevisionError) as error:
        ending.refused(error, 2)
    if style == "json":
        typer.echo(json.dumps(as_json.report(found), indent=2))
    else:
        typer.echo(markdown.report(found, markdown.COMMENT if limit is None else limit).rstrip())
    return EXIT[found.status]


def evaluated(root: Path, asked: Asked) -> Report:
    """Evaluate both revisions and compare each stack, without writing to the work tree or the index of ``root``.

    Raises:
        RevisionError: git cannot provide a revision.
        NoSuchStackError: Neither revision has a requested stack.
    """
    with tempfile.TemporaryDirectory(prefix="ops-diff-") as scratch:
        base = revisions.checked_out(root, asked.base, Path(scratch) / "base")
        head = (
            revisions.checked_out(root, asked.head, Path(scratch) / "head") if asked.head else revisions.work_tree(root)
        )
        stacks = _stacks(asked.stacks, base, head)
        rendered: Rendered = {}
        charts = (
            Charts(folder=base.folder, pull=asked.pull, rendered=rendered),
            Charts(folder=head.folder, pull=asked.pull, rendered=rendered),
        )
        compared = _evaluated(stacks, base, head, asked.today)
        done = tuple(
            _failed(stack, sides, base, head) or _compared(stack, sides, charts) for stack, sides in compared.items()
        )
        notes = (*_notes(root, base, head, done), *sorted(charts[0].notes | charts[1].notes))
    return Report(
        base=Side(name=base.name, commit=base.commit),
        head=Side(name=head.name, commit=head.commit),
        stacks=done,
        notes=notes,
        again=_again(asked, base, head),
    )


# Base and head: a plan, the reason why there is none, or None if the revision does not have the stack.
_Both = tuple[Evaluated | NotEvaluatedError | None, Evaluated | NotEvaluatedError | None]


def _stacks(wanted: Sequence[str], base: Revision, head: Revision) -> list[str]:
    there = {*stack_file.stacks(base.folder), *stack_file.stacks(head.folder)}
    unknown = sorted(set(wanted) - there)
    if unknown:
        known = ", ".join(sorted(there)) or "none"
        raise NoSuchStackError(f"Neither revision has a Pulumi.{unknown[0]}.yaml. Available stacks: {known}.")
    return sorted(set(wanted)) or sorted(there)


def _evaluated(stacks: list[str], base: Revision, head: Revision, today: datetime.date) -> dict[str, _Both]:
    """Evaluate several stacks at a time, each in its own process."""

    def one(task: tuple[Revision, str]) -> Evaluated | NotEvaluatedError | None:
        revision, stack = task
        if stack not in stack_file.stacks(revision.folder):
            return None
        try:
            return evaluate.evaluate(revision, stack, today)
        except NotEvaluatedError as error:
            return error

    tasks = [(revision, stack) for stack in stacks for revision in (base, head)]
    with ThreadPoolExecutor(WORKERS) as pool:
        done = list(pool.map(one, tasks))
    return {stack: (done[2 * at], done[2 * at + 1]) for at, stack in enumerate(stacks)}


def _failed(stack: str, sides: _Both, base: Revision, head: Revision) -> Failed | None:
    # The head's own refusal is what its author can act on.
    for side, found in (("head", sides[1]), ("base", sides[0])):
        if isinstance(found, NotEvaluatedError):
            settings = settings_diff.lines(stack, base, head)
            return Failed(stack=stack, side=side, reason=str(found), settings=settings)
    return None


def _compared(stack: str, sides: _Both, charts: tuple[Charts, Charts]) -> Comparison:
    old, new = sides
    assert not isinstance(old, NotEvaluatedError)
    assert not isinstance(new, NotEvaluatedError)
    return compare.stack(stack, old, new, (charts[0].render, charts[1].render))


def _notes(root: Path, base: Revision, head: Revision, done: Sequence[Comparison | Failed]) -> list[str]:
    found: list[str] = []
    if behind := revisions.lacks(root, base, head):
        found.append(
            f"{base.name} has {behind} commit{'' if behind == 1 else 's'} that {head.name} does not have; their "
            "changes appear reversed. Merge them, or compare with the common ancestor: git merge-base."
        )
    locks = [each.folder / "requirements.txt" for each in (base, head)]
    if all(each.is_file() for each in locks) and locks[0].read_bytes() != locks[1].read_bytes():
        found.append("requirements.txt differs, but both revisions were planned with the packages installed here.")
    sides = {each.sides for each in done if isinstance(each, Comparison)}
    if (
        done
        and len(done) > 1
        and sides
        and Sides.BOTH not in sides
        and not any(isinstance(each, Failed) for each in done)
    ):
        found.append("The revisions have no stack in common: each stack is new, or its file is removed.")
    return found


def _again(asked: Asked, base: Revision, head: Revision) -> str:
    """Return the command of this report, with commits instead of branch names, which differ between clones."""
    after = f" --head {head.commit}" if head.commit else ""
    named = "".join(f" --stack {each}" for each in asked.stacks)
    return f"python -m ops diff --base {base.commit}{after}{named}{' --pull' if asked.pull else ''} --limit 0"
