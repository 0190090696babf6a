"""When the certificate authority runs out, and how that is told."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import trust
from components.settings import Certificates
from components.trust import Certificate, Level, Made
from tests.support.days import NOON, TODAY
from tests.support.unit.certificate_settings import PROPERTIES, accepted, certificates


def on(day: str) -> datetime.date:
    return datetime.date.fromisoformat(day)


INTERMEDIATE_2027_11_21 = [
    ("2027-08-22", Level.NONE, 91),
    ("2027-08-23", Level.SOON, 90),
    ("2027-10-21", Level.SOON, 31),
    ("2027-10-22", Level.URGENT, 30),
    ("2027-11-21", Level.URGENT, 0),
    ("2027-11-23", Level.URGENT, -2),
]


@pytest.mark.parametrize(("today", "level", "left"), INTERMEDIATE_2027_11_21)
def test_an_intermediate_is_replaced_a_workload_lifetime_before_its_end(today: str, level: Level, left: int) -> None:
    plan = trust.plan(certificates(), "cluster.local")
    [expiry] = [each for each in trust.expiries(plan, on(today)) if each.kind == "intermediate"]
    assert (expiry.ends, expiry.replace_by) == (on("2027-11-22"), on("2027-11-21"))
    assert (expiry.level, expiry.days_left) == (level, left)


@pytest.mark.parametrize(
    ("today", "level"), [("2035-08-21", Level.NONE), ("2035-08-22", Level.SOON), ("2035-10-21", Level.URGENT)]
)
def test_a_root_is_told_of_while_an_intermediate_still_fits_below_it(today: str, level: Level) -> None:
    plan = trust.plan(certificates(intermediates=[(1, "2034-12-01")]), "cluster.local")
    expiry = trust.expiries(plan, on(today))[0]
    assert (expiry.kind, expiry.ends, expiry.replace_by) == ("root", on("2036-11-19"), on("2035-11-20"))
    assert expiry.level is level


@PROPERTIES
@given(accepted(), st.dates(TODAY, TODAY + 2 * trust.ROOT_LIFETIME))
def test_only_what_signs_is_warned_of(drawn: Certificates, today: datetime.date) -> None:
    told = trust.expiries(trust.plan(drawn, "cluster.local"), today)
    assert all(expiry.signs for expiry in told if expiry.level is not Level.NONE)
    assert len(told) == len(drawn.root.generations) + len(drawn.intermediate.generations)


@PROPERTIES
@given(accepted(), st.integers(0, 120))
def test_at_the_replacement_day_of_a_root_a_whole_intermediate_still_fits(drawn: Certificates, early: int) -> None:
    for expiry in trust.expiries(trust.plan(drawn, "cluster.local"), TODAY):
        if expiry.kind == "root":
            issued = expiry.replace_by - datetime.timedelta(days=early)
            assert issued + trust.INTERMEDIATE_LIFETIME <= expiry.ends


AGES = [
    ("2026-11-22", "", ""),
    ("2027-10-01", "", "signs workload certificates of full lifetime until 2027-11-21, 51 days from now, and expires "
     "on 2027-11-22. List a new generation and let it sign by 2027-11-21."),
    ("2027-11-20", "URGENT: ", "signs workload certificates of full lifetime until 2027-11-21, 1 day from now, and "
     "expires on 2027-11-22. List a new generation and let it sign by 2027-11-21."),
    ("2027-11-22", "URGENT: ", "expired on 2027-11-22. List a new generation and let it sign."),
]  # fmt: skip
KEYS = (("root", 1), ("intermediate", 1))
FIRST_UP = " If it was not, the first `up` creates this certificate: set `issued` to the day of that `up`."


def made(*keys: tuple[str, int], late: datetime.timedelta = datetime.timedelta()) -> Made:
    """Certificates of these generations, made so long after the day in the settings; no other was ever made."""

    def certificate(kind: str, number: int) -> Certificate:
        lasts = trust.ROOT_LIFETIME if kind == "root" else trust.INTERMEDIATE_LIFETIME
        starts = NOON + late
        name = f"{kind.title()} CA {number}"
        return Certificate(name=name, issuer="Root CA 1", fingerprint="", starts=starts, ends=starts + lasts)

    return Made(certificates={key: certificate(*key) for key in keys}, complete=True)


@pytest.mark.parametrize(("today", "loud", "told"), AGES)
def test_a_warning_of_what_exists_says_until_when_and_what_to_do(today: str, loud: str, told: str) -> None:
    found = trust.warnings(trust.plan(certificates(), "cluster.local"), on(today), made(*KEYS))
    assert found == ([f"{loud}mesh.certificates.intermediate: generation 1 {told}"] if told else [])


@pytest.mark.parametrize(("today", "loud", "told"), AGES)
def test_where_nobody_knows_a_warning_is_as_loud_and_says_both(today: str, loud: str, told: str) -> None:
    found = trust.warnings(trust.plan(certificates(), "cluster.local"), on(today))
    head = f"{loud}mesh.certificates.intermediate: if this stack was deployed, generation 1"
    assert found == ([f"{head} {told}{FIRST_UP}"] if told else [])


def test_of_one_of_many_that_a_stack_which_has_run_may_not_have_made_both_are_said() -> None:
    both = [(1, "2026-11-22"), (2, "2026-11-22")]
    [warning] = trust.warnings(trust.plan(certificates(intermediates=both, intermediate=2), "a"), on("2027-11-22"))
    assert "if it was created, generation 2 expired on 2027-11-22." in warning
    assert warning.endswith("the next `up` creates this certificate: set `issued` to the day of that `up`.")


@pytest.mark.parametrize("today", ["2026-11-22", "2027-11-22", "2040-01-01"])
def test_what_was_never_made_does_not_end(today: str) -> None:
    plan = trust.plan(certificates(), "cluster.local")
    assert trust.warnings(plan, on(today), made()) == []
    assert {(each.exists, each.level) for each in trust.expiries(plan, on(today), made())} == {(False, Level.NONE)}


def test_a_generation_that_is_listed_and_not_made_is_quiet_beside_one_that_ends() -> None:
    plan = trust.plan(certificates(intermediates=[(1, "2026-11-22"), (2, "2026-11-22")], intermediate=2), "a")
    assert trust.warnings(plan, on("2027-11-22"), made(*KEYS)) == []
    assert len(trust.warnings(plan, on("2027-11-22"), made(*KEYS, ("intermediate", 2)))) == 1


def test_what_was_made_late_ends_late() -> None:
    plan = trust.plan(certificates(), "cluster.local")
    found = made(*KEYS, late=datetime.timedelta(days=400))
    assert trust.warnings(plan, on("2027-11-22"), found) == []
    assert [each.ends for each in trust.expiries(plan, on("2027-11-22"), found)] == [on("2037-12-24"), on("2028-12-26")]


@pytest.mark.parametrize(
    ("today", "found", "told"),
    [
        ("2027-12-01", made(), ["root", "intermediate"]),
        ("2027-12-01", made(KEYS[0]), ["intermediate"]),
        ("2027-12-01", made(*KEYS), []),
        ("2027-12-01", trust.UNKNOWN, []),
        ("2026-11-23", made(), []),
        ("2026-11-24", made(), ["root", "intermediate"]),
    ],
)
def test_who_makes_a_certificate_late_is_told_to_write_the_day(today: str, found: Made, told: list[str]) -> None:
    notes = trust.made_late(trust.plan(certificates(), "cluster.local"), found, on(today))
    assert [note.split(":")[0] for note in notes] == [f"mesh.certificates.{kind}" for kind in told]
    assert all(f'set issued to "{today}" and run this command again.' in note for note in notes)


def test_a_root_past_its_replacement_day_says_that_no_intermediate_fits() -> None:
    plan = trust.plan(certificates(intermediates=[(1, "2035-11-01")]), "cluster.local")
    [warning] = trust.warnings(plan, on("2036-01-01"))
    assert (
        "generation 1 expires on 2036-11-19; the intermediates that it signs no longer get their full lifetime."
        in warning
    )
