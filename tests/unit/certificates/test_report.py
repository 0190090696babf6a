"""``python -m ops certificates``: what is told with settings alone, with the last outputs, and of the cluster."""

import datetime
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from components import trust
from components.stack import reading as settings_reader
from local.providers.tls import certificates as made_certificates
from local.providers.tls import keys
from ops.certificates import authority, last_up, text
from ops.certificates.authority import Report
from tests.support import stack_files
from tests.support.days import NOON, TODAY
from tests.support.unit import certificate_settings, harness
from tests.support.unit.harness import ROOT

DAY = datetime.timedelta(days=1)
FINGERPRINTS = ["AA:01", "BB:02"]


def report(
    roots: list[int],
    signing: int,
    *,
    last: dict[str, Any] | None = None,
    now: datetime.datetime = NOON,
    held: tuple[list[int], int] | None = None,
    state: list[dict[str, Any]] | None = None,
) -> Report:
    """held: roots in cacerts by the state, and the one that signs. state: what else it has."""
    config = harness.config("dev", certificate_settings.authority(roots, signing))
    loaded = settings_reader.load(config, stack="dev", today=now.date())
    if held:
        state = [*(state or ()), secret({"roots": held[0], "root": held[1], "intermediate": 1})]
    return authority.report(loaded, last, now, state)


def secret(held: dict[str, Any]) -> dict[str, Any]:
    """cacerts as the state has it."""
    metadata = {"name": "cacerts", "annotations": {trust.HELD: json.dumps(held)}}
    return {"type": "kubernetes:core/v1:Secret", "inputs": {"metadata": metadata}}


def left(roots: list[int], signing: int, since: datetime.datetime) -> dict[str, Any]:
    """The outputs of an `up` with these roots at that moment."""
    mesh = settings_reader.load(
        harness.config("dev", certificate_settings.authority(roots, signing)), stack="dev", today=NOON.date()
    )
    plan = trust.plan(mesh.settings.mesh.certificates, "cluster.local")
    return {
        "certificates": trust.recorded(None, plan, since),
        "rootCertificateFingerprints": FINGERPRINTS[: len(roots)],
    }


def told(found: Report) -> str:
    return "\n".join(text.lines(found))


def test_settings_alone_are_enough() -> None:
    found = report([1], 1)
    assert found.status == 0
    said = told(found)
    for part in (
        "Outputs of the last up: not readable here",
        "root 1, signs: ends 2036-10-29, replace by 2035-10-30",
        "SHA-256 not known",
        "If this stack has run: Workload certificates have their full 24 h until 2027-10-31.",
        "  If this stack has run: List intermediate 2 in mesh.certificates.intermediate.generations, and let it sign. "
        "By 2027-10-31. docs/runbooks/rotate-intermediate.md",
    ):
        assert part in said, part


def test_the_last_outputs_add_fingerprints_and_moments() -> None:
    said = told(report([1], 1, last=left([1], 1, NOON - DAY)))
    assert "SHA-256 AA:01" in said
    assert "signing since 2026-11-21T12:00:00Z" in said


def test_before_the_first_up_there_are_none() -> None:
    assert "none, no `up` has finished yet" in told(report([1], 1, last={}))


# Settings, how long ago the `up` with them was, status, what is next.
ROTATION = [
    ([1, 2], 1, 0.5, 0, "From 2026-11-22 12:30 UTC on: Let root 2 sign"),
    ([1, 2], 1, 1.0, 1, "Now: Let root 2 sign: mesh.certificates.root.signing. docs/runbooks/rotate-root.md"),
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
    assert "When the wait is over, which is not known here: " in told(found)


def test_settings_that_are_not_applied_are_due() -> None:
    found = report([1, 2], 1, last=left([1], 1, NOON - DAY))
    assert found.status == 1
    assert "Now: `make up`; the settings are not what the last up left." in told(found)
    assert "When the wait is over" in told(found), "it begins with that `up`"


def test_what_make_up_would_refuse_is_told() -> None:
    found = report([2], 2, last=left([1, 2], 2, NOON))
    assert found.status == 1
    assert "make up would refuse the settings now:\n  mesh.certificates.root.generations" in told(found)


LONG_AGO = NOON - 30 * DAY


def test_an_unfinished_up_is_held_against_the_settings_as_make_up_does_it() -> None:
    """By the outputs root 1 still signs, and might be alone again; root 2 signs."""
    found = report([1], 1, last=left([1, 2], 1, LONG_AGO), held=([1, 2], 2))
    assert found.status == 1
    said = told(found)
    assert "Now: correct the settings. An `up` has changed cacerts since then, and did not finish." in said
    assert "drops root 2, which signed until now" in said
    assert "signing since" not in said
    assert text.document(found)["finished"] is False


def test_after_an_unfinished_up_no_step_is_due_but_to_finish_it() -> None:
    found = report([1, 2], 2, last=left([1, 2], 1, LONG_AGO), held=([1, 2], 2))
    assert found.refused == ()
    assert "Now: `make up`; the settings are not what the last up left. An `up` has changed cacerts" in told(found)
    assert "When the wait is over, which is not known here: Drop root 1" in told(found)
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
    assert "Whether this stack has run is not known here." in told(found)


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
    assert "root 1, signs: made at the first `up`" in said
    assert "intermediate 1, signs: made at the first `up`" in said
    assert "Next:\n  `make up`: nothing is made yet." in said
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
    assert "intermediate 1, signs: ends 2028-11-30, replace by 2028-11-29\n" in told(fresh)
    assert "  made 2027-12-01 12:00 UTC, ends 2028-11-30 12:00 UTC" in told(fresh)
    old = report([1], 1, last=last, now=LATER + trust.INTERMEDIATE_LIFETIME, state=up_made(LATER))
    assert old.status == 1
    assert "intermediate 1, signs: ends 2028-11-30, replace by 2028-11-29  URGENT" in told(old)


def test_a_generation_that_is_listed_anew_is_made_at_the_next_up() -> None:
    said = told(report([1, 2], 1, last=left([1], 1, NOON), state=up_made(NOON)))
    assert "root 2: made at the next `up`" in said
    assert "root 1, signs: ends 2036-11-19" in said


def test_a_state_of_another_issuer_does_not_tell_what_was_made() -> None:
    found = report([1], 1, last=left([1], 1, NOON), now=LATER, state=up_made(NOON)[:1])
    assert {found.made.exists(kind, 1) for kind in ("root", "intermediate")} == {True}
    assert found.status == 1
    assert "intermediate 1, signs: ends 2027-11-01, replace by 2027-10-31  URGENT" in told(found)
    assert "If this stack has run" not in told(found)


def test_what_nobody_could_ask_is_told_on_a_condition() -> None:
    said = told(report([1], 1, now=LATER))
    assert "  If this stack has run: Now: List intermediate 2" in said
    assert "If this stack has run: Workload certificates have their full 24 h until 2027-10-31." in said


def test_outputs_alone_say_that_the_stack_has_run() -> None:
    said = told(report([1, 2], 1, last=left([1], 1, NOON), now=LATER))
    assert "If this stack has run" not in said
    assert "Whether this stack has run" not in said
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


def ops(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "ops", "certificates", *arguments], cwd=ROOT, capture_output=True, text=True
    )


def test_the_command_needs_no_login(tmp_path: Path) -> None:
    ends = stack_files.newest_day("prod") + trust.INTERMEDIATE_LIFETIME
    done = ops("--stack", "prod", "--today", str(ends - trust.SOON))
    assert (done.returncode, done.stderr) == (1, "")
    assert "SOON" in done.stdout
    day = stack_files.newest_day("dev")
    as_json = ops("--stack", "dev", "--today", str(day), "--format", "json")
    assert as_json.returncode == 0
    assert json.loads(as_json.stdout)["asOf"] == f"{day}T00:00:00+00:00"


def test_wrong_usage_and_refused_settings_have_their_own_status(tmp_path: Path) -> None:
    assert ops("--stack", "nosuch", "--today", str(TODAY)).returncode == 2
    assert ops("--what").returncode == 2
    file = stack_files.copied("dev", tmp_path)
    file.write_text(file.read_text().replace("signing: 1", "signing: 7", 1))
    done = ops("--config", str(file), "--today", str(TODAY))
    assert done.returncode == 1
    assert "is not a listed generation" in done.stderr


def test_without_a_cluster_live_says_so() -> None:
    done = ops("--stack", "dev", "--live", "--today", str(stack_files.newest_day("dev")))
    assert done.returncode == 1
    assert "The cluster was not read: the outputs, with the kubeconfig, cannot be read" in done.stdout
