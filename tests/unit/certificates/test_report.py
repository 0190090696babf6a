"""What ``ops certificates`` says with settings alone and with the last outputs: what is next, and whether it is due."""

import datetime
import json

import pytest

from components import trust
from ops.certificates import text
from tests.support.days import NOON
from tests.support.unit.certificate_report import FINGERPRINTS, left, report, told

DAY = datetime.timedelta(days=1)


def test_settings_alone_are_enough() -> None:
    found = report([1], 1)
    assert found.status == 0
    said = told(found)
    for part in (
        "Outputs of the last up: not readable here",
        "root 1, signs: expires 2036-10-29, replace by 2035-10-30",
        "SHA-256 unknown",
        "If this stack has run: Workload certificates get their full lifetime of 24 h until 2027-10-31.",
        "  If this stack has run: List intermediate 2 in mesh.certificates.intermediate.generations, and let it sign. "
        "By 2027-10-31. docs/runbooks/rotate-intermediate.md",
    ):
        assert part in said, part


def test_the_last_outputs_add_fingerprints_and_moments() -> None:
    said = told(report([1], 1, last=left([1], 1, NOON - DAY)))
    assert "SHA-256 AA:01" in said
    assert "signing since 2026-11-21T12:00:00Z" in said


def test_before_the_first_up_there_are_none() -> None:
    assert "none; no `up` has finished yet" in told(report([1], 1, last={}))


# Settings, how long ago the `up` with them was, status, what is next.
ROTATION = [
    ([1, 2], 1, 0.5, 0, "From 2026-11-22 12:30 UTC on: Let root 2 sign"),
    ([1, 2], 1, 1.0, 1, "Now: Let root 2 sign: set mesh.certificates.root.signing to 2. docs/runbooks/rotate-root.md"),
    ([1, 2], 2, 24.0, 0, "From 2026-11-22 13:00 UTC on: Drop root 1"),
    ([1, 2], 2, 25.0, 1, "Now: Drop root 1 from mesh.certificates.root.generations."),
]


@pytest.mark.parametrize(("roots", "signing", "hours", "status", "following"), ROTATION)
def test_the_next_step_of_a_rotation_has_its_moment(
    roots: list[int], signing: int, hours: float, status: int, following: str
) -> None:
    found = report(roots, signing, last=left(roots, signing, NOON - datetime.timedelta(hours=hours)))
    assert found.status == status
    assert following in told(found)


@pytest.mark.parametrize("signing", [1, 2])
def test_without_outputs_a_rotation_is_never_due(signing: int) -> None:
    found = report([1, 2], signing)
    assert found.status == 0
    assert "After the wait, whose end is unknown here: " in told(found)


def test_settings_that_are_not_applied_are_due() -> None:
    found = report([1, 2], 1, last=left([1], 1, NOON - DAY))
    assert found.status == 1
    assert "Now: run `make up`; the settings differ from the last `up`." in told(found)
    assert "After the wait" in told(found), "it begins with that `up`"


def test_what_make_up_would_refuse_is_told() -> None:
    found = report([2], 2, last=left([1, 2], 2, NOON))
    assert found.status == 1
    assert "`make up` would refuse the settings now:\n  mesh.certificates.root.generations" in told(found)


LONG_AGO = NOON - 30 * DAY


def test_an_unfinished_up_is_held_against_the_settings_as_make_up_does_it() -> None:
    """By the outputs root 1 still signs, and might be alone again; root 2 signs."""
    found = report([1], 1, last=left([1, 2], 1, LONG_AGO), held=([1, 2], 2))
    assert found.status == 1
    said = told(found)
    assert "Now: correct the settings. An `up` changed cacerts since then and did not finish." in said
    assert "drops root 2, which signed until now" in said
    assert "signing since" not in said
    assert text.document(found)["finished"] is False


def test_after_an_unfinished_up_no_step_is_due_but_to_finish_it() -> None:
    found = report([1, 2], 2, last=left([1, 2], 1, LONG_AGO), held=([1, 2], 2))
    assert found.refused == ()
    assert "Now: run `make up`; the settings differ from the last `up`. An `up` changed cacerts" in told(found)
    assert "After the wait, whose end is unknown here: Drop root 1" in told(found)
    first = report([1], 1, last={}, held=([1], 1))
    assert (first.status, first.refused) == (1, ())


def test_a_state_that_agrees_with_the_outputs_changes_nothing() -> None:
    last = left([1, 2], 2, LONG_AGO)
    assert report([1, 2], 2, last=last, held=([1, 2], 2)) == report([1, 2], 2, last=last)


def test_an_istiod_that_would_go_under_its_proxies_is_told() -> None:
    found = report([1], 1, last={**left([1], 1, LONG_AGO), "istioVersion": "1.31.0"})
    assert found.status == 1
    assert "removes the istiod of 1.31.0" in told(found)


@pytest.mark.parametrize(("day", "status"), [("2027-08-01", 0), ("2027-08-02", 1), ("2027-12-01", 1)])
def test_an_expiry_is_due_when_it_is_warned_of(day: str, status: int) -> None:
    now = datetime.datetime.fromisoformat(f"{day}T00:00:00+00:00")
    found = report([1], 1, now=now)
    assert found.status == status
    assert bool(trust.warnings(found.plan, now.date())) == bool(status)
    assert ("Now: List intermediate 2" in told(found)) == bool(status)
    assert "It is unknown here whether this stack has run." in told(found)


def test_the_document_says_the_same_for_other_tools() -> None:
    found = report([1, 2], 1, last=left([1, 2], 1, NOON))
    document = json.loads(json.dumps(text.document(found)))
    assert document["phase"] == "trust-both"
    assert document["outputs"] == "read"
    assert [each["fingerprint"] for each in document["authorities"]] == [*FINGERPRINTS, None]
    assert document["authorities"][2]["keyIn"][1] == "Secret cacerts in istio-system"
    assert document["next"][0]["free"] == "2026-11-22T13:00:00+00:00"
    assert document["due"] is False
    assert document["live"] is None
