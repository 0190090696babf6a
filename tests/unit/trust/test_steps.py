"""Steps between two `up`s that keep every certificate valid, and those that do not, or not yet."""

import datetime
import json

import pytest

from components import trust
from components.settings import Certificates
from tests.support.days import NOON

ISSUED = "2026-11-01"
LONG_AGO = datetime.timedelta(days=30)
SECOND = datetime.timedelta(seconds=1)


def authority(
    roots: tuple[int, ...],
    signing: int,
    intermediates: tuple[int, ...] = (1,),
    signer: int = 1,
    restarted: str | None = None,
) -> Certificates:
    def kind(numbers: tuple[int, ...], signs: int) -> dict[str, object]:
        return {"generations": [{"number": number, "issued": ISSUED} for number in numbers], "signing": signs}

    written = {"root": kind(roots, signing), "intermediate": kind(intermediates, signer)}
    return Certificates.model_validate_json(
        json.dumps({**written, **({"workloadsRestarted": restarted} if restarted else {})})
    )


def plan(settings_: Certificates) -> trust.TrustPlan:
    return trust.plan(settings_, "cluster.local")


def told(before: Certificates, after: Certificates, waited: datetime.timedelta = LONG_AGO) -> list[str]:
    """What is said of a step, so long after the `up` that left everything as it is before."""
    state = trust.recorded(None, plan(before), NOON - waited)
    return [str(problem) for problem in trust.skipped(state, plan(after), NOON)]


ROTATION = [authority((1,), 1), authority((1, 2), 1), authority((1, 2), 2), authority((2,), 2)]
STABLE, TRUST_BOTH, SIGN_NEW, RETIRED = ROTATION


def test_a_first_up_skips_nothing() -> None:
    assert trust.skipped(None, plan(STABLE), NOON) == []
    assert trust.skipped({}, plan(STABLE), NOON) == []


@pytest.mark.parametrize("step", range(3))
def test_every_step_of_a_rotation_is_free_in_time_and_so_is_its_way_back(step: int) -> None:
    assert told(ROTATION[step], ROTATION[step + 1]) == []
    if step < 2:
        assert told(ROTATION[step + 1], ROTATION[step]) == []


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (0, 2, "would sign before workloads trust it"),
        (0, 3, "would sign before workloads trust it"),
        (1, 3, "drops root 1, which signed until now"),
        (3, 0, "would sign before workloads trust it"),
    ],
)
def test_a_skipped_phase_is_refused(before: int, after: int, says: str) -> None:
    problems = told(ROTATION[before], ROTATION[after])
    assert len(problems) == 1
    assert says in problems[0]


def test_a_bundle_that_adds_and_drops_is_refused() -> None:
    [problem] = told(authority((1, 2), 1), authority((1, 3), 1))
    assert "adds and drops roots in one step" in problem


def test_an_intermediate_may_sign_at_once() -> None:
    assert told(STABLE, authority((1,), 1, (1, 2), 2), waited=SECOND) == []


def test_an_intermediate_that_signed_until_now_stays_for_one_up() -> None:
    [problem] = told(STABLE, authority((1,), 1, (2,), 2))
    assert "its key is protected" in problem
    assert told(authority((1,), 1, (1, 2), 2), authority((1,), 1, (2,), 2)) == []


# Step, how long it waits, what is said before, what to write until then.
WAITS = [
    (TRUST_BOTH, SIGN_NEW, trust.PROPAGATION, "root.signing: 2\n    would sign too early", "Keep signing: 1 for now"),
    (SIGN_NEW, TRUST_BOTH, trust.PROPAGATION, "root.signing: 1\n    would sign too early", "Keep signing: 2 for now"),
    (SIGN_NEW, RETIRED, trust.OUT_OF_USE, "generations: [2]\n    drops root 1 too early", "List root 1 again for now"),
    # The way back from sign-new, and then the new root dropped: it has signed, too.
    (TRUST_BOTH, STABLE, trust.OUT_OF_USE, "generations: [1]\n    drops root 2 too early", "List root 2 again for now"),
    (STABLE, TRUST_BOTH, trust.PROPAGATION, "adds a root too early", "List [1] for now"),
]


@pytest.mark.parametrize(("before", "after", "wait", "said", "remedy"), WAITS)
def test_a_step_that_comes_too_early_is_refused_and_says_from_when_it_is_free(
    before: Certificates, after: Certificates, wait: datetime.timedelta, said: str, remedy: str
) -> None:
    [problem] = told(before, after, waited=wait - SECOND)
    assert said in problem
    assert remedy in problem
    assert "2026-11-22 12:01 UTC" in problem, "a minute that is not too early"
    assert told(before, after, waited=wait) == []


def test_a_whole_lifetime_and_the_time_of_istiod_to_take_the_key_pass_before_a_root_goes() -> None:
    assert trust.OUT_OF_USE == trust.WORKLOAD_LIFETIME + trust.PROPAGATION


def test_a_root_that_was_listed_by_mistake_goes_before_it_has_signed() -> None:
    before = trust.recorded(None, plan(STABLE), NOON - LONG_AGO)
    listed = trust.recorded(before, plan(TRUST_BOTH), NOON - trust.PROPAGATION)
    assert trust.skipped(listed, plan(STABLE), NOON) == []


def test_what_did_not_change_keeps_its_moment() -> None:
    first = trust.recorded(None, plan(STABLE), NOON - LONG_AGO)
    assert trust.recorded(first, plan(STABLE), NOON) == first
    both = trust.recorded(first, plan(TRUST_BOTH), NOON)
    assert both["since"] == {"trusted": "2026-11-22T12:00:00Z", "signing": first["since"]["signing"]}
    new = trust.recorded(both, plan(SIGN_NEW), NOON + LONG_AGO)
    assert new["since"] == {"trusted": "2026-11-22T12:00:00Z", "signing": "2026-12-22T12:00:00Z"}


def test_another_intermediate_does_not_start_a_wait() -> None:
    first = trust.recorded(None, plan(STABLE), NOON - LONG_AGO)
    assert trust.recorded(first, plan(authority((1,), 1, (1, 2), 2)), NOON)["since"] == first["since"]


def test_a_moment_is_never_written_before_it_was() -> None:
    late = NOON + datetime.timedelta(microseconds=1)
    assert trust.recorded(None, plan(STABLE), late)["since"]["signing"] == "2026-11-22T12:00:01Z"
    east = NOON.astimezone(datetime.timezone(datetime.timedelta(hours=9)))
    assert trust.recorded(None, plan(STABLE), east)["since"]["signing"] == "2026-11-22T12:00:00Z"


UNKNOWN = trust.state(plan(SIGN_NEW))


@pytest.mark.parametrize(("after", "hours"), [(RETIRED, 25), (TRUST_BOTH, 1)])
def test_without_a_moment_every_step_waits_for_one(after: Certificates, hours: int) -> None:
    """Outputs of an older program: nobody knows since when."""
    [problem] = trust.skipped(UNKNOWN, plan(after), NOON)
    assert f"did not record when this took effect: run `up` with that, then wait {hours} h." in problem.remedy
    assert trust.skipped(UNKNOWN, plan(SIGN_NEW), NOON) == [], "which is the `up` that writes it down"
    known = trust.recorded(UNKNOWN, plan(SIGN_NEW), NOON)
    assert trust.skipped(known, plan(after), NOON + datetime.timedelta(hours=hours)) == []


@pytest.mark.parametrize(
    ("restarted", "free"),
    [
        ("2026-11-22T11:59:59Z", True),
        ("2026-11-22T11:30:00Z", True),
        # istiod may still have signed with the old root.
        ("2026-11-22T11:29:59Z", False),
        # What was written for the last rotation says nothing about this one.
        ("2026-01-01T00:00:00Z", False),
        # Not yet.
        ("2026-11-22T12:00:01Z", False),
    ],
)
def test_restarted_workloads_end_the_wait_when_istiod_had_the_new_key_by_then(restarted: str, free: bool) -> None:
    before = trust.recorded(None, plan(SIGN_NEW), NOON - datetime.timedelta(hours=1.5))
    assert (trust.skipped(before, plan(authority((2,), 2, restarted=restarted)), NOON) == []) == free


@pytest.mark.parametrize(
    "wrong", ["2026-11-22", "2026-11-22T11:00Z", "2026-11-22T11:00:00+01:00", "2026-13-01T00:00:00Z"]
)
def test_a_moment_has_one_form(wrong: str) -> None:
    with pytest.raises(ValueError, match="is not a timestamp"):
        authority((2,), 2, restarted=wrong)


def test_what_the_secret_holds_can_be_held_against_the_next_step() -> None:
    """The annotation knows no moment, so whatever changes roots has to wait for one."""
    held = trust.state_of(trust.held(plan(authority((1, 2), 2, (1, 2), 2))))
    assert trust.skipped(held, plan(authority((1, 2), 2, (1, 2), 2)), NOON) == []
    assert trust.skipped(held, plan(authority((2,), 2, (1, 2), 2)), NOON) != []
    assert "KEY" not in trust.held(plan(SIGN_NEW))


@pytest.mark.parametrize("kind", ["root", "intermediate"])
@pytest.mark.parametrize("issued", ["2026-10-31", "2026-11-20"])
def test_the_day_of_a_certificate_that_is_made_stays(kind: str, issued: str) -> None:
    """Another day would move the warnings, and not the end."""
    before = trust.recorded(None, plan(STABLE), NOON - LONG_AGO)
    written = json.loads(STABLE.model_dump_json(by_alias=True))
    written[kind]["generations"][0]["issued"] = issued
    after = plan(Certificates.model_validate_json(json.dumps(written)))
    [problem] = trust.skipped(before, after, NOON)
    assert (problem.key, problem.value) == (f"mesh.certificates.{kind}.generations", {"number": 1, "issued": issued})
    assert "was issued on 2026-11-01" in problem.reason
    assert 'Write "2026-11-01" again' in problem.remedy


def test_a_generation_that_is_new_has_any_day() -> None:
    before = trust.recorded(None, plan(STABLE), NOON - LONG_AGO)
    assert trust.skipped(before, plan(TRUST_BOTH), NOON) == []
    held = trust.state_of(trust.held(plan(STABLE)))
    assert trust.skipped(held, plan(STABLE), NOON) == [], "what the Secret tells has no days"
