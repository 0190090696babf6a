"""When the certificate authority runs out, told in time; an expiry never stops an ``up``."""

import datetime
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from design.trust.authority import INTERMEDIATE_LIFETIME, WORKLOAD_LIFETIME, Authority, TrustPlan

SOON = datetime.timedelta(days=90)
URGENT = datetime.timedelta(days=30)


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

    replace_by: last day on which what it signs still gets its full lifetime. For a root that is a whole lifetime of
    an intermediate before its end: afterwards no intermediate fits below it.
    days_left: from today to ``replace_by``; negative when that day is over.
    level: of a generation that signs; one that does not sign keeps nothing waiting.
    """

    kind: Literal["root", "intermediate"]
    number: int
    signs: bool
    ends: datetime.date
    replace_by: datetime.date
    days_left: int
    level: Level


def expiries(plan: TrustPlan, today: datetime.date) -> tuple[Expiry, ...]:
    """Every generation, roots first, by ascending number."""
    return (
        *(_expiry("root", root, INTERMEDIATE_LIFETIME, today) for root in plan.roots),
        *(_expiry("intermediate", each, WORKLOAD_LIFETIME, today) for each in plan.intermediates),
    )


def warnings(plan: TrustPlan, today: datetime.date) -> list[str]:
    """One sentence or two for each generation that has to be replaced soon."""
    return [_warning(each, today) for each in expiries(plan, today) if each.level is not Level.NONE]


def _expiry(
    kind: Literal["root", "intermediate"], authority: Authority, lifetime: datetime.timedelta, today: datetime.date
) -> Expiry:
    replace_by = authority.ends - lifetime
    left = replace_by - today
    return Expiry(
        kind=kind,
        number=authority.number,
        signs=authority.signs,
        ends=authority.ends,
        replace_by=replace_by,
        days_left=left.days,
        level=_level(left) if authority.signs else Level.NONE,
    )


def _level(left: datetime.timedelta) -> Level:
    if left <= URGENT:
        return Level.URGENT
    return Level.SOON if left <= SOON else Level.NONE


def _warning(expiry: Expiry, today: datetime.date) -> str:
    loud = "URGENT: " if expiry.level is Level.URGENT else ""
    signed = "intermediates" if expiry.kind == "root" else "workload certificates"
    told = f"{loud}mesh.certificates.{expiry.kind}: generation {expiry.number}"
    if today >= expiry.ends:
        return f"{told} ended on {expiry.ends}. List a new generation and let it sign."
    if expiry.days_left < 0:
        return f"{told} ends on {expiry.ends}; it signs no more {signed} of full lifetime. Let a new generation sign."
    return (
        f"{told} signs {signed} of full lifetime until {expiry.replace_by}, {_days(expiry.days_left)} from now, "
        f"and ends on {expiry.ends}. List a new generation and let it sign by then."
    )


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
