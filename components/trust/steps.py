"""Steps from the last applied state of the authority that keep every certificate valid, and when each may start.

A root is replaced in three steps, one ``up`` each: the new root is trusted beside the old one, then signs, then is the
only root. In between, every workload must receive the roots, and every certificate of the old root must expire.
"""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..settings.problems import Problem
from . import moments
from .authority import Authority, TrustPlan
from .moments import OUT_OF_USE, PROPAGATION, Since

_KEY = "mesh.certificates"
_ROOT = f"{_KEY}.root"


@dataclass(frozen=True, kw_only=True)
class _Side:
    """Generations of one kind, before or after the step."""

    listed: frozenset[int]
    """Numbers of the listed generations."""
    signing: int
    """Number of the generation that signs."""


@dataclass(frozen=True, kw_only=True)
class _Wait:
    """A wait before a step."""

    begins: datetime.datetime | None
    """Start of the wait; ``None`` if the stack did not record it."""
    lasts: datetime.timedelta
    """Length of the wait."""

    def is_over(self, now: datetime.datetime) -> bool:
        """Check whether the wait is over; a wait whose start is unknown never is."""
        return self.begins is not None and self.begins + self.lasts <= now

    def remedy(self, until_then: str, then: str) -> str:
        """Return what to write for now, and when the step may be taken."""
        if self.begins is None:
            wait = self.lasts / datetime.timedelta(hours=1)
            unknown = "The stack did not record when this took effect:"
            return f"{until_then} {unknown} run `up` with that, then wait {wait:g} h."
        return f"{until_then} {then} from {moments.told(self.begins + self.lasts)} on."


def skipped(previous: Mapping[str, Any] | None, plan: TrustPlan, now: datetime.datetime) -> list[Problem]:
    """Return what is wrong with the step from ``previous`` to ``plan``; nothing before the first ``up``.

    Args:
        previous: the stack's output ``certificates`` (``recorded``) of the last ``up``.
        plan: what the settings ask for.
        now: the current time, with a time zone.
    """
    if not previous:
        return []
    before, after = _before(previous["root"]), _after(plan.roots, plan.signing.root)
    too_early = list(_too_early(before, after, moments.since(previous), plan.restarted, now))
    intermediates = _before(previous["intermediate"]), _after(plan.intermediates, plan.signing.intermediate)
    in_order = list(_out_of_order(before, after)) or too_early
    return [*in_order, *_intermediates(*intermediates), *_redated(previous, plan)]


def drop_after(since: Since, restarted: datetime.datetime | None) -> datetime.datetime | None:
    """Return the time after which no certificate of a root that does not sign is in use; ``None`` if unknown.

    Args:
        since: times that the last ``up`` recorded.
        restarted: time since which every workload has been restarted, from the settings. It counts only if no istiod
            could still sign with the old root by then; a restart during the previous rotation does not.
    """
    if since.signing is None:
        return None
    if restarted is not None and restarted >= since.signing + PROPAGATION:
        return min(restarted, since.signing + OUT_OF_USE)
    return since.signing + OUT_OF_USE


def sign_after(since: Since) -> datetime.datetime | None:
    """Return the time after which every workload trusts the listed roots; ``None`` if unknown."""
    return since.trusted + PROPAGATION if since.trusted else None


def _out_of_order(before: _Side, after: _Side) -> Iterator[Problem]:
    if after.signing not in before.listed:
        yield Problem(
            key=f"{_ROOT}.signing",
            value=after.signing,
            reason="would sign before workloads trust it: workloads would reject each other's certificates.",
            remedy=f"Keep signing: {before.signing} for this `up`; let the new root sign when every workload has it.",
        )
    elif before.signing not in after.listed:
        yield Problem(
            key=f"{_ROOT}.generations",
            value=sorted(after.listed),
            reason=f"drops root {before.signing}, which signed until now: certificates in use would be rejected.",
            remedy=f"List {before.signing} again; drop it 24 h (a workload certificate's lifetime) after this `up`.",
        )
    elif not (before.listed <= after.listed or after.listed <= before.listed):
        yield Problem(
            key=f"{_ROOT}.generations",
            value=sorted(after.listed),
            reason=f"adds and drops roots in one step ({sorted(before.listed)} before): istiod accepts a changed "
            "bundle of roots only if it contains the old bundle or is contained in it.",
            remedy="Drop the root in one `up`, and add the other in the next.",
        )


def _too_early(
    before: _Side, after: _Side, since: Since, restarted: datetime.datetime | None, now: datetime.datetime
) -> Iterator[Problem]:
    if after == before:
        return
    known = _Wait(begins=since.trusted, lasts=PROPAGATION)
    if after.signing != before.signing and not known.is_over(now):
        yield Problem(
            key=f"{_ROOT}.signing",
            value=after.signing,
            reason="would sign too early: a workload that has not yet received the listed roots would reject the "
            "certificates that it signs.",
            remedy=known.remedy(f"Keep signing: {before.signing} for now.", f"Let {after.signing} sign"),
        )
    dropped = sorted(before.listed - after.listed)
    used = _Wait(begins=since.signing, lasts=OUT_OF_USE)
    if dropped and not used.is_over(now) and not _all_restarted(since, restarted, now):
        yield _dropped_early(dropped[0], after, used)
    if after.listed - before.listed and not known.is_over(now):
        # Dropping and adding in two quick steps is one step for an istiod that has seen neither.
        yield Problem(
            key=f"{_ROOT}.generations",
            value=sorted(after.listed),
            reason=f"adds a root too early: an istiod that has not yet loaded {sorted(before.listed)} would reject "
            "this list and keep its old roots.",
            remedy=known.remedy(f"List {sorted(before.listed)} for now.", "Add to it"),
        )


def _dropped_early(root: int, after: _Side, used: _Wait) -> Problem:
    return Problem(
        key=f"{_ROOT}.generations",
        value=sorted(after.listed),
        reason=f"drops root {root} too early: istiod may sign with it for up to 1 h after {after.signing} became the "
        "signing root, and such certificates are in use for their lifetime of 24 h.",
        remedy=used.remedy(f"List root {root} again for now.", "Drop it"),
    )


def _all_restarted(since: Since, restarted: datetime.datetime | None, now: datetime.datetime) -> bool:
    free = drop_after(since, restarted)
    return free is not None and free <= now


def _intermediates(before: _Side, after: _Side) -> Iterator[Problem]:
    if before.signing not in after.listed:
        yield Problem(
            key=f"{_KEY}.intermediate.generations",
            value=sorted(after.listed),
            reason=f"drops intermediate {before.signing}, which signed until now: its key is protected from deletion, "
            "and you could not go back to it.",
            remedy=f"List {before.signing} again, let the new one sign and run `up`; drop it in a later `up`.",
        )


def _redated(previous: Mapping[str, Any], plan: TrustPlan) -> Iterator[Problem]:
    """Refuse changed dates: they would move the warnings, but not the expiry of the certificate."""
    for kind, authorities in (("root", plan.roots), ("intermediate", plan.intermediates)):
        made = {int(each["number"]): str(each["issued"]) for each in previous[kind]["generations"] if "issued" in each}
        for each in authorities:
            day = made.get(each.number, each.issued.isoformat())
            if day != each.issued.isoformat():
                yield Problem(
                    key=f"{_KEY}.{kind}.generations",
                    value={"number": each.number, "issued": each.issued.isoformat()},
                    reason=f"was issued on {day}: its certificate exists, and its expiry is fixed. Another date would "
                    "only make the warnings compute a wrong expiry.",
                    remedy=f'Write "{day}" again; for a new certificate, list a new generation.',
                )


def _before(state: Mapping[str, Any]) -> _Side:
    listed = frozenset(int(each["number"]) for each in state["generations"])
    return _Side(listed=listed, signing=int(state["signing"]))


def _after(authorities: tuple[Authority, ...], signing: int) -> _Side:
    return _Side(listed=frozenset(each.number for each in authorities), signing=signing)
