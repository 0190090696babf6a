"""Random sequences of changed settings on the real component, with real certificates: what passes breaks nothing."""

from collections import Counter
from dataclasses import replace

import pytest
from cryptography.x509 import verification
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.unit.changing_mesh import Change, Mesh, play
from tests.support.unit.rotations import pems

WAITS = (0.0, 0.5, 1.0, 2.0, 24.0, 25.0, 30.0, 50.0, 50.0)
EXAMPLES = 100
# What random sequences have to come through, and how often at least.
REACHED = {
    "stable to trust-both": 60,
    "trust-both to sign-new": 30,
    "sign-new to stable": 10,
    "trust-both to stable": 3,
    "sign-new to trust-both": 1,
    "another intermediate signs": 2,
    "unfinished": 15,
    "refused": 50,
}

CHANGES = st.builds(
    Change,
    kind=st.sampled_from([*5 * ["root"], "intermediate"]),
    # Most go the way of a rotation: any edit at any time seldom gets beyond its first step.
    what=st.sampled_from([*8 * ["next"], *3 * ["back"], "add", "sign", "drop", "restart", "again"]),
    place=st.integers(0, 1),
    hours=st.sampled_from(WAITS),
    fails=st.sampled_from([*7 * [False], True]),
)


def test_no_accepted_sequence_breaks_verification() -> None:
    """And they go through whole rotations: what is never reached proves nothing."""
    seen: Counter[str] = Counter()

    @settings(max_examples=EXAMPLES)
    @given(st.lists(CHANGES, min_size=5, max_size=9))
    def sequence(changes: list[Change]) -> None:
        mesh = Mesh()
        play(mesh, changes)
        seen.update(mesh.seen)

    sequence()
    assert {step: seen[step] for step, least in REACHED.items() if seen[step] < least} == {}, seen


def steps(*parts: str) -> list[Change]:
    """``root sign 1 after 24`` in words."""
    read = (part.split() for part in parts)
    return [Change(kind, what, int(place), float(hours)) for kind, what, place, _, hours in read]


ROTATION = ["root add 0 after 1", "root sign 1 after 1", "root drop 0 after 25"]


def test_a_whole_rotation_is_accepted_and_a_second_one_after_it() -> None:
    mesh = Mesh()
    play(mesh, steps(*ROTATION, *ROTATION, "intermediate add 0 after 0", "intermediate sign 1 after 0"))
    assert mesh.steps == 1 + 3 + 3 + 2


TOO_EARLY = {
    "the new root signs before it is known": ["root add 0 after 1", "root sign 1 after 0.98"],
    "the old root goes before its certificates": [*ROTATION[:2], "root drop 0 after 24.5"],
    "the new root goes after it has signed": [*ROTATION[:2], "root sign 0 after 1", "root drop 1 after 24"],
    "a phase is skipped": ["root add 0 after 1", "root sign 1 after 0", "root drop 0 after 0"],
}


@pytest.mark.parametrize(("hours", "steps_"), [(1, 5), (0.5, 4)])
def test_a_restart_of_all_workloads_makes_room_for_the_drop(hours: float, steps_: int) -> None:
    """When no istiod can have signed with the old root any more, and not when one can."""
    mesh = Mesh()
    play(mesh, steps(*ROTATION[:2], f"root restart 0 after {hours}", "root drop 0 after 0.6"))
    assert mesh.steps == steps_


def test_after_an_unfinished_up_its_roots_are_finished_first() -> None:
    """The new root has signed; by the outputs it never has, and might go at once."""
    sign = replace(steps("root sign 1 after 1")[0], fails=True)
    unfinished = [*steps(*ROTATION[:1], "root again 0 after 48"), sign]
    forgotten = steps("root sign 0 after 2", "root drop 1 after 2")
    mesh = Mesh()
    play(mesh, [*unfinished, *forgotten])
    assert [len(pems(reign.bundle["root-cert.pem"])) for reign in mesh.reigns] == [1, 2, 2]
    with pytest.raises(verification.VerificationError):
        play(Mesh(guarded=False), [*unfinished, *forgotten])


@pytest.mark.parametrize("told", TOO_EARLY)
def test_what_is_refused_would_break_verification(told: str) -> None:
    """Control: the same steps without the guard, seen by the same checks."""
    with pytest.raises(verification.VerificationError):
        play(Mesh(guarded=False), steps(*TOO_EARLY[told]))
    guarded = Mesh()
    play(guarded, steps(*TOO_EARLY[told]))
    assert guarded.steps < 1 + len(TOO_EARLY[told])


def test_a_list_changed_twice_in_a_moment_would_not_be_taken_over() -> None:
    """Control: istiod would stay with its old roots."""
    hasty = steps(*ROTATION, "root add 0 after 0.5")
    with pytest.raises(AssertionError):
        play(Mesh(guarded=False), hasty)
    play(Mesh(), hasty)
