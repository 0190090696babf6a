"""What is to be done next about the authority, from when it is free and until when it should be done."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from . import moments, steps
from .authority import Phase, TrustPlan
from .expiry import SOON, Expiry, expiries
from .made_certificates import UNKNOWN, Made

ROTATE_ROOT = "docs/runbooks/rotate-root.md"
ROTATE_INTERMEDIATE = "docs/runbooks/rotate-intermediate.md"


@dataclass(frozen=True, kw_only=True)
class Task:
    """One step.

    free: moment before which it is refused; ``None`` when there is no wait, or none that is known (``waits``).
    by: day until which it should be done; ``None`` when nothing ends.
    waits: whether there is a moment to wait for.
    due: whether it should be done now: its time has come, and nothing holds it back.
    """

    what: str
    runbook: str
    free: datetime.datetime | None
    by: datetime.date | None
    waits: bool
    due: bool


def agenda(
    plan: TrustPlan, last: Mapping[str, Any] | None, now: datetime.datetime, made: Made = UNKNOWN
) -> tuple[Task, ...]:
    """The steps that are open, the next one first.

    last: the output ``certificates`` of the last ``up``, where it can be read; without it no wait is known, and what
    has to wait is never due.
    made: the certificates that there are, as far as somebody looked. What was never made is never due.
    """
    tasks = [*_rotation(plan, last, now), *_renewals(plan, now.date(), made)]
    return tuple(sorted(tasks, key=lambda task: (not task.due, not task.waits, task.by or datetime.date.max)))


def full_lifetime_until(plan: TrustPlan, made: Made = UNKNOWN) -> datetime.date | None:
    """Day until which workload certificates are given their full lifetime: istiod cuts later ones short.

    ``None`` before the intermediate that signs is made.
    """
    [signing] = [each for each in expiries(plan, datetime.date.min, made) if each.signs and each.kind != "root"]
    return None if signing.exists is False else signing.replace_by


def _rotation(plan: TrustPlan, last: Mapping[str, Any] | None, now: datetime.datetime) -> Iterator[Task]:
    """The next step of a replacement that is under way; applied by the last ``up``, it counts its wait."""
    since = moments.since(last) if _is_applied(plan, last) else moments.Since(trusted=None, signing=None)
    other = next((root.number for root in plan.roots if not root.signs), None)
    if plan.phase is Phase.TRUST_BOTH:
        yield _waiting(f"Let root {other} sign: mesh.certificates.root.signing.", steps.sign_after(since), now)
    if plan.phase is Phase.SIGN_NEW:
        free = steps.drop_after(since, plan.restarted)
        yield _waiting(f"Drop root {other} from mesh.certificates.root.generations.", free, now)


def _is_applied(plan: TrustPlan, last: Mapping[str, Any] | None) -> bool:
    if not last:
        return False
    listed = [root.number for root in plan.roots]
    return moments.numbers(last) == listed and int(last["root"]["signing"]) == plan.signing.root


def _waiting(what: str, free: datetime.datetime | None, now: datetime.datetime) -> Task:
    due = free is not None and free <= now
    return Task(what=what, runbook=ROTATE_ROOT, free=free, by=None, waits=True, due=due)


def _renewals(plan: TrustPlan, today: datetime.date, made: Made) -> Iterator[Task]:
    for expiry in expiries(plan, today, made):
        if (
            expiry.signs
            and expiry.exists is not False
            and not (expiry.kind == "root" and plan.phase is not Phase.STABLE)
        ):
            yield _renewal(plan, expiry, today)


def _renewal(plan: TrustPlan, expiry: Expiry, today: datetime.date) -> Task:
    listed = plan.roots if expiry.kind == "root" else plan.intermediates
    newer = [each.number for each in listed if each.number > expiry.number]
    key = f"mesh.certificates.{expiry.kind}"
    what = (
        f"Let {expiry.kind} {newer[-1]} sign: {key}.signing."
        if newer
        else f"List {expiry.kind} {max(each.number for each in listed) + 1} in {key}.generations, and let it sign."
    )
    runbook = ROTATE_ROOT if expiry.kind == "root" else ROTATE_INTERMEDIATE
    due = expiry.replace_by - today <= SOON
    return Task(what=what, runbook=runbook, free=None, by=expiry.replace_by, waits=False, due=due)
