"""What the settings of the certificate authority amount to: who signs, the phase, what exists and until when."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import trust
from components.contract import model as contract
from components.settings import Certificates
from components.trust import Pair, Phase
from tests.support.days import NOON
from tests.support.unit.certificate_settings import BOTH, FIRST, PROPERTIES, accepted, certificates


def numbers(authorities: tuple[trust.Authority, ...]) -> list[int]:
    return [authority.number for authority in authorities]


PHASES = [
    ("one root", certificates(), Phase.STABLE),
    ("the older of two signs", certificates(BOTH, root=1), Phase.TRUST_BOTH),
    ("the newer of two signs", certificates(BOTH, root=2), Phase.SIGN_NEW),
    ("listed the other way round", certificates(BOTH[::-1], root=2), Phase.SIGN_NEW),
    ("only the new one is left", certificates([(2, FIRST)], root=2), Phase.STABLE),
]


@pytest.mark.parametrize(("told", "settings_", "phase"), PHASES, ids=[told for told, _, _ in PHASES])
def test_the_phase_follows_from_the_settings(told: str, settings_: Certificates, phase: Phase) -> None:
    assert trust.plan(settings_, "cluster.local").phase is phase


def test_every_root_gives_a_certificate_to_every_intermediate() -> None:
    plan = trust.plan(certificates(BOTH, intermediates=BOTH), "cluster.local")
    assert set(plan.pairs) == {Pair(root=root, intermediate=each) for root in (1, 2) for each in (1, 2)}


def test_a_root_gives_none_to_an_intermediate_that_outlives_it() -> None:
    plan = trust.plan(certificates([(1, "2017-01-01"), (2, FIRST)], root=2), "cluster.local")
    assert plan.pairs == (Pair(root=2, intermediate=1),)


@PROPERTIES
@given(accepted())
def test_no_intermediate_outlives_the_root_that_signs_it(drawn: Certificates) -> None:
    plan = trust.plan(drawn, "cluster.local")
    ends = {(kind, each.number): each.ends for kind in ("roots", "intermediates") for each in getattr(plan, kind)}
    assert all(ends["intermediates", pair.intermediate] <= ends["roots", pair.root] for pair in plan.pairs)
    assert plan.signing in plan.pairs


@PROPERTIES
@given(accepted())
def test_exactly_the_listed_generations_exist_in_order(drawn: Certificates) -> None:
    plan = trust.plan(drawn, "cluster.local")
    assert numbers(plan.roots) == sorted(each.number for each in drawn.root.generations)
    assert numbers(plan.intermediates) == sorted(each.number for each in drawn.intermediate.generations)
    assert [each.number for each in plan.roots if each.signs] == [drawn.root.signing]
    assert [each.number for each in plan.intermediates if each.signs] == [drawn.intermediate.signing]


@PROPERTIES
@given(accepted(), st.data())
def test_another_signer_changes_no_certificate(drawn: Certificates, data: st.DataObject) -> None:
    """Rollback: only which of the existing pairs is in cacerts differs."""
    plan = trust.plan(drawn, "cluster.local")
    other = data.draw(st.sampled_from(plan.pairs))
    switched = drawn.model_copy(
        update={
            "root": drawn.root.model_copy(update={"signing": other.root}),
            "intermediate": drawn.intermediate.model_copy(update={"signing": other.intermediate}),
        }
    )
    after = trust.plan(switched, "cluster.local")
    assert after.pairs == plan.pairs
    assert [(each.number, each.issued, each.ends) for each in after.roots] == [
        (each.number, each.issued, each.ends) for each in plan.roots
    ]


@PROPERTIES
@given(accepted())
def test_the_state_put_out_has_the_shape_of_the_contract(drawn: Certificates) -> None:
    state = trust.recorded(None, trust.plan(drawn, "cluster.local"), NOON)
    assert contract.Certificates.model_validate(state).model_dump(by_alias=True) == state


def test_lifetimes_never_change() -> None:
    """The provider makes a certificate anew when its hours change: all roots at once would be an outage."""
    assert trust.hours(trust.ROOT_LIFETIME) == 87600
    assert trust.hours(trust.INTERMEDIATE_LIFETIME) == 8760
    assert trust.hours(trust.WORKLOAD_LIFETIME) == 24


def test_a_long_trust_domain_fits_into_the_subject() -> None:
    assert len(trust.plan(certificates(), "mesh." + "x" * 100).organization) == 64
