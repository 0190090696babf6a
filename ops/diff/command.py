"""``python -m ops diff``: two revisions from git, every stack of either, compared."""

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
from ops.diff.evaluate import Evaluated, NotEvaluated
from ops.diff.report import EXIT, Report, Side
from ops.diff.revisions import Revision, RevisionError
from ops.offline import stack_file

WORKERS = 2


class NoSuchStack(Exception):
    """Neither revision has it; the text lists those there are."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What to compare. head: ``None`` for the work tree. stacks: none for all of them."""

    base: str
    head: str | None
    stacks: tuple[str, ...]
    pull: bool
    today: datetime.date


def run(root: Path, asked: Asked, style: str, limit: int | None) -> int:
    """Print the report; returns the exit status. limit: of Markdown, ``None`` for a comment's."""
    try:
        found = evaluated(root, asked)
    except (NoSuchStack, RevisionError) as error:
        ending.refused(error, 2)
    if style == "json":
        typer.echo(json.dumps(as_json.report(found), indent=2))
    else:
        typer.echo(markdown.report(found, markdown.COMMENT if limit is None else limit).rstrip())
    return EXIT[found.status]


def evaluated(root: Path, asked: Asked) -> Report:
    """Evaluate both revisions and compare each stack; the work tree and the index of ``root`` are only read.

    Raises revisions.RevisionError and NoSuchStack.
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


# Of the base and the head: a plan, why there is none, or None where the revision has no such stack.
_Both = tuple[Evaluated | NotEvaluated | None, Evaluated | NotEvaluated | None]


def _stacks(wanted: Sequence[str], base: Revision, head: Revision) -> list[str]:
    there = {*stack_file.stacks(base.folder), *stack_file.stacks(head.folder)}
    unknown = sorted(set(wanted) - there)
    if unknown:
        known = ", ".join(sorted(there)) or "none"
        raise NoSuchStack(f"Neither revision has a Pulumi.{unknown[0]}.yaml. Stacks with a file: {known}.")
    return sorted(set(wanted)) or sorted(there)


def _evaluated(stacks: list[str], base: Revision, head: Revision, today: datetime.date) -> dict[str, _Both]:
    """Several at a time: each is a process of its own."""

    def one(task: tuple[Revision, str]) -> Evaluated | NotEvaluated | None:
        revision, stack = task
        if stack not in stack_file.stacks(revision.folder):
            return None
        try:
            return evaluate.evaluate(revision, stack, today)
        except NotEvaluated as error:
            return error

    tasks = [(revision, stack) for stack in stacks for revision in (base, head)]
    with ThreadPoolExecutor(WORKERS) as pool:
        done = list(pool.map(one, tasks))
    return {stack: (done[2 * at], done[2 * at + 1]) for at, stack in enumerate(stacks)}


def _failed(stack: str, sides: _Both, base: Revision, head: Revision) -> Failed | None:
    # The head's own refusal is what its author can act on.
    for side, found in (("head", sides[1]), ("base", sides[0])):
        if isinstance(found, NotEvaluated):
            settings = settings_diff.lines(stack, base, head)
            return Failed(stack=stack, side=side, reason=str(found), settings=settings)
    return None


def _compared(stack: str, sides: _Both, charts: tuple[Charts, Charts]) -> Comparison:
    old, new = sides
    assert not isinstance(old, NotEvaluated)
    assert not isinstance(new, NotEvaluated)
    return compare.stack(stack, old, new, (charts[0].render, charts[1].render))


def _notes(root: Path, base: Revision, head: Revision, done: Sequence[Comparison | Failed]) -> list[str]:
    found: list[str] = []
    if behind := revisions.lacks(root, base, head):
        found.append(
            f"{base.name} has {behind} commit{'' if behind == 1 else 's'} that {head.name} does not have: what they "
            "changed shows up backwards. Merge them, or name the commit where both parted: git merge-base."
        )
    locks = [each.folder / "requirements.txt" for each in (base, head)]
    if all(each.is_file() for each in locks) and locks[0].read_bytes() != locks[1].read_bytes():
        found.append("requirements.txt differs, and both revisions were planned with the packages installed here.")
    sides = {each.sides for each in done if isinstance(each, Comparison)}
    if (
        done
        and len(done) > 1
        and sides
        and Sides.BOTH not in sides
        and not any(isinstance(each, Failed) for each in done)
    ):
        found.append("The revisions have no stack in common: each is new, or its file is removed.")
    return found


def _again(asked: Asked, base: Revision, head: Revision) -> str:
    """By commits: whoever reads this may have other branches."""
    after = f" --head {head.commit}" if head.commit else ""
    named = "".join(f" --stack {each}" for each in asked.stacks)
    return f"python -m ops diff --base {base.commit}{after}{named}{' --pull' if asked.pull else ''} --limit 0"
