"""The report of ``ops.certificates.authority`` as JSON and as text."""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, TextIO

from components import trust
from ops.certificates.authority import NONE_YET, NOT_READ, Report

# Before lines that are true only if the certificates exist.
IF_RUN = "If this stack has run: "
OUTPUTS = {
    NOT_READ: "not readable here (no Pulumi CLI, no login, or no such stack), so fingerprints and waits are unknown",
    NONE_YET: "none; no `up` has finished yet",
}


def document(found: Report) -> dict[str, Any]:
    """Return the report as JSON values, with dates and times as text."""
    keys = {(each.kind, each.number): list(each.places) for each in trust.custody(found.plan)}
    until = trust.full_lifetime_until(found.plan, found.made)
    return {
        "stack": found.stack,
        "asOf": found.now.isoformat(),
        "phase": found.plan.phase.value,
        "outputs": found.outputs,
        "applied": found.applied,
        "finished": found.finished,
        "since": dict(found.since),
        "authorities": [
            {
                "kind": each.kind,
                "number": each.number,
                "signs": each.signs,
                "ends": each.ends.isoformat(),
                "replaceBy": each.replace_by.isoformat(),
                "daysLeft": each.days_left,
                "level": each.level.value,
                "fingerprint": _fingerprint(found, each),
                "exists": each.exists,
                "made": _made(found, each),
                "keyIn": keys[each.kind, each.number],
            }
            for each in trust.expiries(found.plan, found.now.date(), found.made)
        ],
        "fullLifetimeUntil": until and until.isoformat(),
        "next": [
            {
                "what": task.what,
                "runbook": task.runbook,
                "free": task.free and task.free.isoformat(),
                "by": task.by and task.by.isoformat(),
                "due": task.due,
            }
            for task in found.tasks
        ],
        "refused": [{"key": each.key, "reason": each.reason, "remedy": each.remedy} for each in found.refused],
        "live": None if found.findings is None else [asdict(each) for each in found.findings],
        "unreadable": found.unreadable and found.unreadable.what,
        "due": bool(found.status),
    }


def show(found: Report, to: TextIO | None = None) -> None:
    """Print the report as text."""
    for line in lines(found):
        print(line, file=to or sys.stdout)


def lines(found: Report) -> Iterator[str]:
    """Yield the lines of the report as text."""
    yield f"{found.stack}: certificate authority as of {trust.told(found.now)}"
    yield f"Phase: {found.plan.phase.value}. Outputs of the last up: {OUTPUTS.get(found.outputs, found.outputs)}."
    for name, moment in found.since.items():
        yield f"  trusted roots unchanged since {moment}" if name == "trusted" else f"  signing since {moment}"
    yield ""
    yield from _authorities(found)
    condition = IF_RUN if found.made == trust.UNKNOWN else ""
    if until := trust.full_lifetime_until(found.plan, found.made):
        yield f"{condition}Workload certificates get their full lifetime of 24 h until {until}."
    yield ""
    yield "Next:"
    yield from (f"  {condition}{_task(task)}" for task in found.tasks)
    yield from (f"  {line}" for line in _not_applied(found))
    if found.refused:
        yield ""
        yield "`make up` would refuse the settings now:"
        yield from (str(problem) for problem in found.refused)
    if found.findings is not None:
        yield ""
        yield from _cluster(found)


def _authorities(found: Report) -> Iterator[str]:
    every = trust.expiries(found.plan, found.now.date(), found.made)
    if found.made == trust.UNKNOWN:
        yield "It is unknown here whether this stack has run. If it has, these dates apply. A certificate that does not"
        yield "exist yet is created at the next `up` and expires later."
    keys = {(each.kind, each.number): each.places for each in trust.custody(found.plan)}
    for each in every:
        loud = "" if each.level is trust.Level.NONE else f"  {each.level.value.upper()}"
        signs = ", signs" if each.signs else ""
        if each.exists is False:
            yield f"{each.kind} {each.number}{signs}: created at the {'next' if found.made.any else 'first'} `up`"
            continue
        yield f"{each.kind} {each.number}{signs}: expires {each.ends}, replace by {each.replace_by}{loud}"
        if each.kind == "root" or _fingerprint(found, each):
            yield f"  SHA-256 {_fingerprint(found, each) or 'unknown'}"
        if real := found.made.certificates.get((each.kind, each.number)):
            yield f"  created {real.starts:%Y-%m-%d %H:%M} UTC, expires {real.ends:%Y-%m-%d %H:%M} UTC"
        yield f"  key in {'; '.join(keys[each.kind, each.number])}"


def _fingerprint(found: Report, each: trust.Expiry) -> str | None:
    """Return the fingerprint from the outputs of the last ``up``, else from the certificate that exists."""
    real = found.made.certificates.get((each.kind, each.number))
    fingerprint = found.fingerprints.get(each.number) if each.kind == "root" else None
    return fingerprint or (real.fingerprint if real else None)


def _made(found: Report, each: trust.Expiry) -> dict[str, str] | None:
    real = found.made.certificates.get((each.kind, each.number))
    return {"starts": real.starts.isoformat(), "ends": real.ends.isoformat()} if real else None


def _task(task: trust.Task) -> str:
    when = "Now: " if task.due else ""
    if task.waits and not task.due:
        when = f"From {trust.told(task.free)} on: " if task.free else "After the wait, whose end is unknown here: "
    by = f" By {task.by}." if task.by else ""
    return f"{when}{task.what}{by} {task.runbook}"


def _not_applied(found: Report) -> Iterator[str]:
    """Yield what is left to do before the cluster has the settings."""
    before = "" if found.finished else " An `up` changed cacerts since then and did not finish."
    if found.refused:
        yield f"Now: correct the settings.{before}"
    elif found.made.complete and not found.made.any:
        yield "Run `make up`: no certificate exists yet."
    elif not found.applied:
        yield f"Now: run `make up`; the settings differ from the last `up`.{before}"


def _cluster(found: Report) -> Iterator[str]:
    if found.unreadable:
        yield str(found.unreadable).strip()
        return
    differences = [each for each in found.findings or () if not each.note]
    yield (
        "The cluster differs from the settings:"
        if differences
        else "The cluster matches the settings, and istiod signs with their intermediate."
    )
    yield from (f"  {each}" for each in differences)
    yield from (f"  {each}" for each in found.findings or () if each.note)
