"""What ``ops certificates`` says when the state tells what was made and when, and when nobody can."""

import datetime
from typing import Any

import pytest

from components import trust
from local.providers.tls import certificates as made_certificates
from local.providers.tls import keys
from ops.certificates import last_up, text
from tests.support.days import NOON
from tests.support.unit.certificate_report import left, report, secret, told


def certificate(type_: str, name: str, issuer: str, starts: datetime.datetime) -> dict[str, Any]:
    """A certificate as the state has it."""
    key = keys.private_key({"algorithm": "ECDSA", "ecdsaCurve": "P256"})["privateKeyPem"]
    asked = {
        "privateKeyPem": key,
        "subject": {"commonName": name},
        "isCaCertificate": True,
        "allowedUses": ["cert_signing"],
        "validityPeriodHours": trust.hours(trust.ROOT_LIFETIME if name == issuer else trust.INTERMEDIATE_LIFETIME),
    }
    return {
        "type": type_,
        "inputs": {"isCaCertificate": True},
        "outputs": {"certPem": made_certificates.self_signed(asked, starts)["certPem"]},
    }


def up_made(starts: datetime.datetime) -> list[dict[str, Any]]:
    """The state after a first `up` at that moment."""
    root, intermediate = last_up.CERTIFICATES
    return [
        secret({"roots": [1], "root": 1, "intermediate": 1}),
        certificate(root, "Root CA 1", "Root CA 1", starts),
        certificate(intermediate, "Intermediate CA 1", "Root CA 1", starts),
    ]


LATER = datetime.datetime(2027, 12, 1, 12, tzinfo=datetime.UTC)


def test_of_a_state_that_was_asked_and_is_empty_it_says_that_the_first_up_makes_everything() -> None:
    """A day on which, by the settings, the intermediate would have ended."""
    found = report([1], 1, last={}, now=LATER, state=[])
    assert found.status == 0
    said = told(found)
    assert "root 1, signs: created at the first `up`" in said
    assert "intermediate 1, signs: created at the first `up`" in said
    assert "Next:\n  Run `make up`: no certificate exists yet." in said
    for part in ("URGENT", "ended", "ends", "Now:", "not known here.", "full 24 h"):
        assert part not in said, part
    document = text.document(found)
    assert [each["exists"] for each in document["authorities"]] == [False, False]
    assert document["fullLifetimeUntil"] is None


def test_what_the_state_has_ends_when_it_was_made_to() -> None:
    """A year after the day in the settings the first `up` ran."""
    last = left([1], 1, LATER)
    fresh = report([1], 1, last=last, now=LATER, state=up_made(LATER))
    assert fresh.status == 0
    assert "intermediate 1, signs: expires 2028-11-30, replace by 2028-11-29\n" in told(fresh)
    assert "  created 2027-12-01 12:00 UTC, expires 2028-11-30 12:00 UTC" in told(fresh)
    old = report([1], 1, last=last, now=LATER + trust.INTERMEDIATE_LIFETIME, state=up_made(LATER))
    assert old.status == 1
    assert "intermediate 1, signs: expires 2028-11-30, replace by 2028-11-29  URGENT" in told(old)


def test_a_generation_that_is_listed_anew_is_made_at_the_next_up() -> None:
    said = told(report([1, 2], 1, last=left([1], 1, NOON), state=up_made(NOON)))
    assert "root 2: created at the next `up`" in said
    assert "root 1, signs: expires 2036-11-19" in said


def test_a_state_of_another_issuer_does_not_tell_what_was_made() -> None:
    found = report([1], 1, last=left([1], 1, NOON), now=LATER, state=up_made(NOON)[:1])
    assert {found.made.exists(kind, 1) for kind in ("root", "intermediate")} == {True}
    assert found.status == 1
    assert "intermediate 1, signs: expires 2027-11-01, replace by 2027-10-31  URGENT" in told(found)
    assert "If this stack has run" not in told(found)


def test_what_nobody_could_ask_is_told_on_a_condition() -> None:
    said = told(report([1], 1, now=LATER))
    assert "  If this stack has run: Now: List intermediate 2" in said
    assert "If this stack has run: Workload certificates get their full lifetime of 24 h until 2027-10-31." in said


def test_outputs_alone_say_that_the_stack_has_run() -> None:
    said = told(report([1, 2], 1, last=left([1], 1, NOON), now=LATER))
    assert "If this stack has run" not in said
    assert "whether this stack has run" not in said
    assert "  Now: List intermediate 2" in said


def test_certificates_that_are_no_authoritys_are_passed_over() -> None:
    """A gateway has one of the same type in the state."""
    _, pem = made_certificates.throw_away("gateway-public", LATER)
    leaf = {"type": last_up.CERTIFICATES[0], "inputs": {}, "outputs": {"certPem": pem}}
    found = report([1], 1, last=left([1], 1, LATER), now=LATER, state=[leaf, *up_made(LATER)])
    assert found.status == 0
    assert set(found.made.certificates) == {("root", 1), ("intermediate", 1)}
    with pytest.raises(ValueError, match="not the certificate of an authority"):
        trust.parsed(pem)
