"""Each row of the tables refuses its example wherever that may be written, and no row what is accepted instead."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

import pytest

from components.overrides import rules
from components.overrides.refused import REFUSED
from components.overrides.refused.conditions import given, touched
from components.overrides.refused.row import ANYWHERE, Refused
from components.settings import validation
from components.settings.problems import Problem
from components.settings.registry import Context
from tests.support.days import TODAY
from tests.support.unit.rule_case import REGION, settings

# Where the values of a surface are written; the charts of istiod and cni merge one more place into their root.
PLACES = {
    "base": (("mesh", "values", "base"),),
    "cni": (("mesh", "values", "cni"), ("mesh", "values", "cni", "cni")),
    "istiod": (("mesh", "values", "istiod"), ("mesh", "values", "istiod", "pilot")),
    "gateway": (("gateways", "public", "values"),),
    "controller": (("cluster", "loadBalancerController", "values"),),
    "coredns": (("cluster", "addons", "coredns", "configuration"),),
    "vpc-cni": (("cluster", "addons", "vpc-cni", "configuration"),),
}
each_row = pytest.mark.parametrize("row", REFUSED, ids=lambda row: row.name)


def places(row: Refused) -> Iterator[tuple[str, ...]]:
    for surface in row.surface or PLACES:
        yield from PLACES[surface]


def problems(place: tuple[str, ...], values: Mapping[str, Any]) -> list[Problem]:
    """Read good settings with these values in this place."""
    for key in reversed(place):
        values = {key: values}
    context = Context(settings=settings(values), region=REGION, today=TODAY)
    return [*rules.values(context), *rules.replaced_maps(context)]


def refusal(row: Refused, place: tuple[str, ...]) -> Problem:
    """Return what is to be said of the row's example in this place."""
    ((path, value),) = [(path, value) for path, value in named(row.path, row.example) if row.when(value)]
    return Problem(
        key=validation.path((*place, *path)),
        value=value if isinstance(value, str | int | float) else None,
        reason=row.reason,
        remedy=row.remedy,
    )


def named(pattern: tuple[str, ...], value: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Follow a row's path down from the root of some values; yield the keys to whatever it names, and that."""
    if not pattern:
        yield (), value
    elif isinstance(value, Mapping):
        first, rest = pattern[0], pattern[1:]
        if first == ANYWHERE:
            yield from named(rest, value)
        for key, item in value.items():
            if fnmatchcase(key, first):
                below = pattern if first == ANYWHERE else rest
                yield from (((key, *keys), found) for keys, found in named(below, item))


@each_row
def test_examples_are_refused_by_their_row_alone_and_accepted_values_by_none(row: Refused) -> None:
    for place in places(row):
        assert problems(place, row.example) == [refusal(row, place)]
        assert problems(place, row.accepted) == []


def wrong(row: Refused) -> Iterator[Refused]:
    """Yield the row with a mistake: it refuses nothing, everything, everything but null, or looks elsewhere."""
    for condition in (lambda value: False, touched, given):
        if condition is not row.when:
            yield replace(row, when=condition)
    yield replace(row, path=(*row.path, "below"))
    yield replace(row, path=("beside", *row.path))


@each_row
def test_a_mistake_in_its_condition_or_path_would_be_noticed(row: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    for mistaken in wrong(row):
        monkeypatch.setattr(rules, "REFUSED", tuple(mistaken if each is row else each for each in REFUSED))
        with pytest.raises(AssertionError):
            test_examples_are_refused_by_their_row_alone_and_accepted_values_by_none(row)


def test_no_row_is_lost() -> None:
    """A row that is gone takes its test along; whoever removes one on purpose lowers the number."""
    assert len(REFUSED) == 63


def test_rows_have_names_of_their_own() -> None:
    assert len({row.name for row in REFUSED}) == len(REFUSED)


@each_row
def test_reason_and_remedy_are_sentences(row: Refused) -> None:
    assert row.reason.endswith(".")
    assert row.remedy.endswith(".")
