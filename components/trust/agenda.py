"""Next tasks for the certificate authority: when each may start, and when it should be done."""

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
    """One step of a rotation or renewal."""

    what: str
    """What to do, an imperative sentence."""
    runbook: str
    """Path of the runbook."""
    free: datetime.datetime | None
    """Time before which the step is refused; ``None`` if there is no wait, or (``waits``) no known end of it."""
    by: datetime.date | None
    """Day by which it should be done; ``None`` if nothing expires."""
    waits: bool
    """Whether there is a wait before the step."""
    due: bool
    """Whether it should be done now: it is time, and no wait is left."""


def agenda(
    plan: TrustPlan, last: Mapping[str, Any] | None, now: datetime.datetime, made: Made = UNKNOWN
) -> tuple[Task, ...]:
    """Return the open tasks, the next one first.

    Args:
        plan: what the settings ask for.
        last: the output ``certificates`` of the last ``up``, if it can be read. Without it no wait is known, and a
            step with a wait is never due.
        now: the current time, with a time zone.
        made: the certificates that are known to exist. A certificate that does not exist is never due for renewal.
    """
    tasks = [*_rotation(plan, last, now), *_renewals(plan, now.date(), made)]
    return tuple(sorted(tasks, key=lambda task: (not task.due, not task.waits, task.by or datetime.date.max)))


def full_lifetime_until(plan: TrustPlan, made: Made = UNKNOWN) -> datetime.date | None:
    """Return the last day on which workload certificates get their full lifetime; istiod shortens later ones.

    ``None`` until the intermediate that signs exists.
    """
    [signing] = [each for each in expiries(plan, datetime.date.min, made) if each.signs and each.kind != "root"]
    return None if signing.exists is False else signing.replace_by


def _rotation(plan: TrustPlan, last: Mapping[str, Any] | None, now: datetime.datetime) -> Iterator[Task]:
    """Yield the next step of the current root rotation; its wait counts from the ``up`` that applied the last step."""
    since = moments.since(last) if _is_applied(plan, last) else moments.Since(trusted=None, signing=None)
    other = next((root.number for root in plan.roots if not root.signs), None)
    if plan.phase is Phase.TRUST_BOTH:
        what = f"Let root {other} sign: set mesh.certificates.root.signing to {other}."
        yield _waiting(what, steps.sign_after(since), now)
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
        f"Let {expiry.kind} {newer[-1]} sign: set {key}.signing to {newer[-1]}."
        if newer
        else f"List {expiry.kind} {max(each.number for each in listed) + 1} in {key}.generations, and let it sign."
    )
    runbook = ROTATE_ROOT if expiry.kind == "root" else ROTATE_INTERMEDIATE
    due = expiry.replace_by - today <= SOON
    return Task(what=what, runbook=runbook, free=None, by=expiry.replace_by, waits=False, due=due)
