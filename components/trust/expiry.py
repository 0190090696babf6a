"""Warnings before the certificate authority expires; an expiry never blocks an ``up``."""

import datetime
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from .authority import INTERMEDIATE_LIFETIME, SAME_DAY, WORKLOAD_LIFETIME, Authority, TrustPlan
from .made_certificates import UNKNOWN, Made, as_made

SOON = datetime.timedelta(days=90)
URGENT = datetime.timedelta(days=30)
# Texts before and after a warning about a certificate that may not exist: for the only generation, and for one of
# several, which an earlier `up` may not have created yet.
ALONE = (
    "if this stack was deployed, ",
    " If it was not, the first `up` creates this certificate: set `issued` to the day of that `up`.",
)
ONE_OF_MANY = (
    "if it was created, ",
    " If it was not, the next `up` creates this certificate: set `issued` to the day of that `up`.",
)


class Level(StrEnum):
    """Severity of an expiry."""

    NONE = "none"
    SOON = "soon"
    """90 days or less."""
    URGENT = "urgent"
    """30 days or less, or too late."""


@dataclass(frozen=True, kw_only=True)
class Expiry:
    """Expiry of one generation, and the day by which another must sign in its place."""

    kind: Literal["root", "intermediate"]
    """Whether it is a root or an intermediate."""
    number: int
    """Number of the generation."""
    signs: bool
    """Whether the generation signs now."""
    exists: bool | None
    """Whether its certificate exists; if unknown (``None``), the dates assume that it was issued on its date."""
    ends: datetime.date
    """Day on which it expires."""
    replace_by: datetime.date
    """Last day on which what it signs gets its full lifetime.

    For a root that is the lifetime of an intermediate before its expiry: later, no intermediate fits below it.
    """
    days_left: int
    """Days from today to ``replace_by``; negative if that day has passed."""
    level: Level
    """Severity; ``NONE`` for a generation that does not sign or does not exist, because nothing depends on it."""


def expiries(plan: TrustPlan, today: datetime.date, made: Made = UNKNOWN) -> tuple[Expiry, ...]:
    """Return the expiry of every generation, roots first, by ascending number.

    Args:
        plan: what the settings ask for.
        today: the day to count from.
        made: the certificates that are known to exist.
    """
    real = as_made(plan, made.certificates)
    return (
        *(_expiry("root", root, INTERMEDIATE_LIFETIME, today, made) for root in real.roots),
        *(_expiry("intermediate", each, WORKLOAD_LIFETIME, today, made) for each in real.intermediates),
    )


def warnings(plan: TrustPlan, today: datetime.date, made: Made = UNKNOWN) -> list[str]:
    """Return a warning for each generation that must be replaced soon; the arguments are those of ``expiries``.

    If it is unknown whether a certificate exists, the warning covers both cases, with the severity of one that exists.
    """
    listed = {"root": len(plan.roots), "intermediate": len(plan.intermediates)}
    return [
        _warning(each, today, alone=listed[each.kind] == 1)
        for each in expiries(plan, today, made)
        if each.level is not Level.NONE
    ]


def made_late(plan: TrustPlan, made: Made, today: datetime.date) -> list[str]:
    """Return a warning for each generation that an ``up`` today would create days after its date in the settings.

    Nothing breaks: the certificate expires later than the settings imply, and a preview without the state warns too
    early.
    """
    return [
        f"mesh.certificates.{kind}: this `up` creates generation {each.number}, but its `issued` is {each.issued}. An "
        f"offline preview computes its expiry from `issued`, and will warn {_days((today - each.issued).days)} too "
        f'early. To avoid this, stop here, set issued to "{today}" and run this command again.'
        for kind, listed in (("root", plan.roots), ("intermediate", plan.intermediates))
        for each in listed
        if made.exists(kind, each.number) is False and today - each.issued >= SAME_DAY
    ]


def _expiry(
    kind: Literal["root", "intermediate"],
    authority: Authority,
    lifetime: datetime.timedelta,
    today: datetime.date,
    made: Made,
) -> Expiry:
    replace_by = authority.ends - lifetime
    left = replace_by - today
    exists = made.exists(kind, authority.number)
    return Expiry(
        kind=kind,
        number=authority.number,
        signs=authority.signs,
        exists=exists,
        ends=authority.ends,
        replace_by=replace_by,
        days_left=left.days,
        level=_level(left) if authority.signs and exists is not False else Level.NONE,
    )


def _level(left: datetime.timedelta) -> Level:
    if left <= URGENT:
        return Level.URGENT
    return Level.SOON if left <= SOON else Level.NONE


def _warning(expiry: Expiry, today: datetime.date, *, alone: bool) -> str:
    prefix = "URGENT: " if expiry.level is Level.URGENT else ""
    condition, otherwise = ("", "") if expiry.exists else ALONE if alone else ONE_OF_MANY
    subject = f"{prefix}mesh.certificates.{expiry.kind}: {condition}generation {expiry.number}"
    return f"{subject} {_end(expiry, today)}{otherwise}"


def _end(expiry: Expiry, today: datetime.date) -> str:
    signed = "intermediates" if expiry.kind == "root" else "workload certificates"
    if today >= expiry.ends:
        return f"expired on {expiry.ends}. List a new generation and let it sign."
    if expiry.days_left < 0:
        return (
            f"expires on {expiry.ends}; the {signed} that it signs no longer get their full lifetime. Let a new "
            "generation sign."
        )
    return (
        f"signs {signed} of full lifetime until {expiry.replace_by}, {_days(expiry.days_left)} from now, "
        f"and expires on {expiry.ends}. List a new generation and let it sign by {expiry.replace_by}."
    )


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
