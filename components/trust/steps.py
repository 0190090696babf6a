"""Which step from the last applied state of the authority to the next one keeps every certificate valid, and from when.

A root is replaced in three steps, an ``up`` each: listed beside the old one and trusted, then signing, then alone.
Between them every workload has to learn of the roots, and every certificate of the old one has to run out.
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
    """One kind of generations, before and after."""

    listed: frozenset[int]
    signing: int


@dataclass(frozen=True, kw_only=True)
class _Wait:
    """begins: moment from which ``lasts`` is counted; ``None`` when nobody wrote it down."""

    begins: datetime.datetime | None
    lasts: datetime.timedelta

    def is_over(self, now: datetime.datetime) -> bool:
        """An unknown beginning is no beginning."""
        return self.begins is not None and self.begins + self.lasts <= now

    def remedy(self, until_then: str, then: str) -> str:
        """What to write for now, and from when the step is free."""
        if self.begins is None:
            wait = self.lasts / datetime.timedelta(hours=1)
            return f"{until_then} nobody wrote down since when it is so: `up` with that, then wait {wait:g} h."
        return f"{until_then} {then} from {moments.told(self.begins + self.lasts)} on."


def skipped(previous: Mapping[str, Any] | None, plan: TrustPlan, now: datetime.datetime) -> list[Problem]:
    """What is wrong with going from ``previous`` to ``plan`` at this moment; nothing before the first ``up``.

    previous: the stack's output ``certificates`` (``recorded``) as the last ``up`` left it.
    now: with a time zone.
    """
    if not previous:
        return []
    before, after = _before(previous["root"]), _after(plan.roots, plan.signing.root)
    too_early = list(_too_early(before, after, moments.since(previous), plan.restarted, now))
    intermediates = _before(previous["intermediate"]), _after(plan.intermediates, plan.signing.intermediate)
    in_order = list(_out_of_order(before, after)) or too_early
    return [*in_order, *_intermediates(*intermediates), *_redated(previous, plan)]


def drop_after(since: Since, restarted: datetime.datetime | None) -> datetime.datetime | None:
    """Moment from which no certificate of a root that does not sign is in use; ``None`` when it is not known.

    restarted: since when every workload has been restarted, as the settings say. It counts when no istiod can have
    signed with the old root any more; one of the rotation before does not.
    """
    if since.signing is None:
        return None
    if restarted is not None and restarted >= since.signing + PROPAGATION:
        return min(restarted, since.signing + OUT_OF_USE)
    return since.signing + OUT_OF_USE


def sign_after(since: Since) -> datetime.datetime | None:
    """Moment from which every workload trusts the listed roots; ``None`` when it is not known."""
    return since.trusted + PROPAGATION if since.trusted else None


def _out_of_order(before: _Side, after: _Side) -> Iterator[Problem]:
    if after.signing not in before.listed:
        yield Problem(
            key=f"{_ROOT}.signing",
            value=after.signing,
            reason="would sign before anybody trusts it: workloads would refuse each other.",
            remedy=f"Keep signing: {before.signing} for this `up`; when every workload has the new root, let it sign.",
        )
    elif before.signing not in after.listed:
        yield Problem(
            key=f"{_ROOT}.generations",
            value=sorted(after.listed),
            reason=f"drops root {before.signing}, which signed until now: certificates in use would be refused.",
            remedy=f"List {before.signing} again; drop it a workload certificate's lifetime (24 h) after this `up`.",
        )
    elif not (before.listed <= after.listed or after.listed <= before.listed):
        yield Problem(
            key=f"{_ROOT}.generations",
            value=sorted(after.listed),
            reason=f"adds and drops at once ({sorted(before.listed)} before): istiod takes a changed bundle of roots "
            "only when it contains the old one, or is contained in it.",
            remedy="Drop in one `up`, add in the next.",
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
            reason="would sign too early: a workload that has not heard of the listed roots would refuse what it "
            "signs.",
            remedy=known.remedy(f"Keep signing: {before.signing} for now;", f"let {after.signing} sign"),
        )
    dropped = sorted(before.listed - after.listed)
    used = _Wait(begins=since.signing, lasts=OUT_OF_USE)
    if dropped and not used.is_over(now) and not _all_restarted(since, restarted, now):
        yield _dropped_early(dropped[0], after, used)
    if after.listed - before.listed and not known.is_over(now):
        # Left out and added in two quick steps is both at once for an istiod that has seen neither.
        yield Problem(
            key=f"{_ROOT}.generations",
            value=sorted(after.listed),
            reason=f"adds a root too early: an istiod that has not yet taken {sorted(before.listed)} would refuse "
            "this list, and stay with its old roots.",
            remedy=known.remedy(f"List {sorted(before.listed)} for now;", "add to it"),
        )


def _dropped_early(root: int, after: _Side, used: _Wait) -> Problem:
    return Problem(
        key=f"{_ROOT}.generations",
        value=sorted(after.listed),
        reason=f"drops root {root} too early: it may have signed until {after.signing} did, and such certificates are "
        "in use for a whole lifetime of 24 h, and an hour for istiod to have taken the new key.",
        remedy=used.remedy(f"List root {root} again for now;", "drop it"),
    )


def _all_restarted(since: Since, restarted: datetime.datetime | None, now: datetime.datetime) -> bool:
    free = drop_after(since, restarted)
    return free is not None and free <= now


def _intermediates(before: _Side, after: _Side) -> Iterator[Problem]:
    if before.signing not in after.listed:
        yield Problem(
            key=f"{_KEY}.intermediate.generations",
            value=sorted(after.listed),
            reason=f"drops intermediate {before.signing}, which signed until now: its key is protected, and the way "
            "back would be gone.",
            remedy=f"List {before.signing} again, let the new one sign, `up`; drop it in a later `up`.",
        )


def _redated(previous: Mapping[str, Any], plan: TrustPlan) -> Iterator[Problem]:
    """A day is told once: written anew it would move the warnings, and not the end of the certificate."""
    for kind, authorities in (("root", plan.roots), ("intermediate", plan.intermediates)):
        made = {int(each["number"]): str(each["issued"]) for each in previous[kind]["generations"] if "issued" in each}
        for each in authorities:
            day = made.get(each.number, each.issued.isoformat())
            if day != each.issued.isoformat():
                yield Problem(
                    key=f"{_KEY}.{kind}.generations",
                    value={"number": each.number, "issued": each.issued.isoformat()},
                    reason=f"was issued on {day}: its certificate is made, and ends when it ends; from another day "
                    "another end is computed, and warned of.",
                    remedy=f'Write "{day}" again; for a new certificate list a new generation.',
                )


def _before(state: Mapping[str, Any]) -> _Side:
    listed = frozenset(int(each["number"]) for each in state["generations"])
    return _Side(listed=listed, signing=int(state["signing"]))


def _after(authorities: tuple[Authority, ...], signing: int) -> _Side:
    return _Side(listed=frozenset(each.number for each in authorities), signing=signing)
