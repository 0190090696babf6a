"""When the certificate authority runs out, told in time; an expiry never stops an ``up``."""

import datetime
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from .authority import INTERMEDIATE_LIFETIME, SAME_DAY, WORKLOAD_LIFETIME, Authority, TrustPlan
from .made_certificates import UNKNOWN, Made, as_made

SOON = datetime.timedelta(days=90)
URGENT = datetime.timedelta(days=30)
# What is said before and after an end where nobody knows whether the certificate exists: of the only generation, and of
# one that a stack which has run may not have made yet.
ALONE = (
    "if this stack has run, ",
    " If it has not, this certificate is made at the first `up`: write the day of that `up` as `issued`.",
)
ONE_OF_MANY = (
    "if it was made, ",
    " If it was not, this certificate is made at the next `up`: write the day of that `up` as `issued`.",
)


class Level(StrEnum):
    """How loudly an expiry is told."""

    NONE = "none"
    SOON = "soon"
    """90 days or less."""
    URGENT = "urgent"
    """30 days or less, or too late."""


@dataclass(frozen=True, kw_only=True)
class Expiry:
    """End of one generation, and until when another must sign in its place.

    exists: whether its certificate was made; ``None`` where that is not known, and the dates are those of one that
    was made on the day in the settings.
    replace_by: last day on which what it signs still gets its full lifetime. For a root that is a whole lifetime of
    an intermediate before its end: afterwards no intermediate fits below it.
    days_left: from today to ``replace_by``; negative when that day is over.
    level: of a generation that signs; one that does not sign keeps nothing waiting, nor does one that is not made.
    """

    kind: Literal["root", "intermediate"]
    number: int
    signs: bool
    exists: bool | None
    ends: datetime.date
    replace_by: datetime.date
    days_left: int
    level: Level


def expiries(plan: TrustPlan, today: datetime.date, made: Made = UNKNOWN) -> tuple[Expiry, ...]:
    """Return every generation, roots first, by ascending number.

    Args:
        plan: what the settings ask for.
        today: the day to count from.
        made: the certificates that there are, as far as somebody looked.
    """
    real = as_made(plan, made.certificates)
    return (
        *(_expiry("root", root, INTERMEDIATE_LIFETIME, today, made) for root in real.roots),
        *(_expiry("intermediate", each, WORKLOAD_LIFETIME, today, made) for each in real.intermediates),
    )


def warnings(plan: TrustPlan, today: datetime.date, made: Made = UNKNOWN) -> list[str]:
    """Return one to three sentences for each generation that has to be replaced soon; arguments as of ``expiries``.

    Where it is not known whether a certificate exists, a warning says what holds if it does, as loudly as if it did,
    and what holds if it does not.
    """
    listed = {"root": len(plan.roots), "intermediate": len(plan.intermediates)}
    return [
        _warning(each, today, alone=listed[each.kind] == 1)
        for each in expiries(plan, today, made)
        if each.level is not Level.NONE
    ]


def made_late(plan: TrustPlan, made: Made, today: datetime.date) -> list[str]:
    """Return a sentence or two for each generation that an ``up`` of today makes, days after the one in the settings.

    Nothing breaks: it ends later than the settings imply, and whoever cannot ask the state warns too early.
    """
    return [
        f"mesh.certificates.{kind}: this `up` makes generation {each.number}, and its `issued` is {each.issued}. An "
        f"offline preview counts its end from `issued`, and will warn of it {_days((today - each.issued).days)} too "
        f'early. To avoid that, stop here, write issued: "{today}" and run this command again.'
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
    loud = "URGENT: " if expiry.level is Level.URGENT else ""
    condition, otherwise = ("", "") if expiry.exists else ALONE if alone else ONE_OF_MANY
    told = f"{loud}mesh.certificates.{expiry.kind}: {condition}generation {expiry.number}"
    return f"{told} {_end(expiry, today)}{otherwise}"


def _end(expiry: Expiry, today: datetime.date) -> str:
    signed = "intermediates" if expiry.kind == "root" else "workload certificates"
    if today >= expiry.ends:
        return f"ended on {expiry.ends}. List a new generation and let it sign."
    if expiry.days_left < 0:
        return f"ends on {expiry.ends}; it signs no more {signed} of full lifetime. Let a new generation sign."
    return (
        f"signs {signed} of full lifetime until {expiry.replace_by}, {_days(expiry.days_left)} from now, "
        f"and ends on {expiry.ends}. List a new generation and let it sign by then."
    )


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
