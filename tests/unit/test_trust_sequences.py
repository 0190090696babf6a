"""Random sequences of changed settings on the real component, with real certificates: what is accepted breaks nothing.

The model is the worst that the waits allow. A changed Secret reaches any istiod and any workload at once, or an hour
later; istiod may sign until then with what it had, for a whole lifetime; a workload may trust until then what it did.
"""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pulumi
import pytest
from cryptography.x509 import verification
from hypothesis import given, settings
from hypothesis import strategies as st

from design import trust
from design.settings import Certificates, Generation, Generations
from ops import last_up
from tests.unit.test_trust import certificates
from tests.unit.test_trust_x509 import NOON, Bundle, Leaf, leaf, pems, verify
from tests.unit.tls_provider import Cluster

HOUR = datetime.timedelta(hours=1)
# Of the sample certificates: how long one is in use is the model's to say.
ANY_TIME = datetime.timedelta(days=90)
END = datetime.datetime.max.replace(tzinfo=datetime.UTC) - 99 * HOUR
WAITS = (0.0, 0.5, 1.0, 2.0, 24.0, 25.0, 30.0)


@dataclass(frozen=True)
class Reign:
    """One content of the Secret: from when it was there, and a certificate signed with it."""

    begins: datetime.datetime
    bundle: Bundle
    leaf: Leaf


@dataclass
class Mesh:
    """Everything that may be in use in a mesh whose settings change."""

    guarded: bool = True
    cluster: Cluster = field(default_factory=lambda: Cluster(now=NOON, refuses=True))
    reigns: list[Reign] = field(default_factory=list)
    restarted: datetime.datetime | None = None
    state: dict[str, Any] | None = None
    steps: int = 0

    def __post_init__(self) -> None:
        self.cluster.refuses = self.guarded

    def wait(self, hours: float) -> None:
        self.cluster.now += hours * HOUR
        self.check()

    def up(self, wanted: Certificates, *, fails: bool = False) -> bool:
        """Whether the program goes there; if not, the Secret is what it was.

        fails: after the Secret was written, so that nothing is put out.
        """
        before, outputs, plan = self.cluster.cacerts, self.cluster.outputs, trust.plan(wanted, "cluster.local")
        if self.guarded and self.refused_by_make_up(plan):
            return False
        try:
            self.cluster.up(plan)
        except pulumi.RunError:
            assert self.cluster.cacerts == before
            return False
        self.state = trust.state_of(trust.held(plan))
        if fails:
            self.cluster.outputs = outputs
        bundle = self.cluster.cacerts
        assert all(is_taken_over(held.bundle, bundle) for held in self.held())
        if bundle != before:
            self.reigns.append(Reign(self.cluster.now, bundle, leaf(bundle, self.cluster.now, ANY_TIME)))
        self.steps += 1
        self.check()
        return True

    def refused_by_make_up(self, plan: trust.TrustPlan) -> bool:
        """What only the state can say, after an `up` that did not finish."""
        unfinished = self.state and last_up.is_unfinished(self.cluster.outputs, self.state)
        return bool(unfinished) and bool(trust.skipped(self.state, plan, self.cluster.now))

    def check(self) -> None:
        """Everybody who may be there accepts everybody else."""
        for reign in self.in_use():
            for trusted in self.held():
                verify(reign.leaf, trusted.bundle, self.cluster.now)

    def held(self) -> list[Reign]:
        """What an istiod or a workload may have as its last."""
        return [reign for reign, ends in self._until() if self.cluster.now < ends + trust.PROPAGATION]

    def in_use(self) -> list[Reign]:
        """What may have signed a certificate that has not run out."""
        return [reign for reign, ends in self._until() if self._may_be_in_use(ends + trust.PROPAGATION)]

    def _may_be_in_use(self, signed: datetime.datetime) -> bool:
        """What was signed at this moment: not run out, and not before the restart of all workloads."""
        since_restart = self.restarted is None or signed > self.restarted
        return since_restart and self.cluster.now < signed + trust.WORKLOAD_LIFETIME

    def _until(self) -> Iterator[tuple[Reign, datetime.datetime]]:
        ends = [each.begins for each in self.reigns[1:]]
        yield from zip(self.reigns, [*ends, END], strict=False)


def is_taken_over(old: Bundle, new: Bundle) -> bool:
    """istiod's own condition (pemBundleHasSubsetRelation)."""
    one, other = set(pems(old["root-cert.pem"])), set(pems(new["root-cert.pem"]))
    return one <= other or other <= one


@dataclass(frozen=True)
class Change:
    """One edit of a kind of generations: ``what`` to do with the number at ``place``, after ``hours``.

    fails: its `up` ends after the Secret was written.
    """

    kind: str
    what: str
    place: int
    hours: float
    fails: bool = False

    def apply_to(self, mesh: Mesh, now: Certificates, newest: int) -> Certificates:
        """The settings afterwards; at ``restart`` all workloads are made anew, ``again`` changes nothing."""
        if self.what == "again":
            return now
        if self.what == "restart":
            mesh.restarted = mesh.cluster.now
            return now.model_copy(update={"workloads_restarted": mesh.cluster.now})
        return self.apply(now, newest, mesh.cluster.now.date())

    def apply(self, now: Certificates, newest: int, day: datetime.date) -> Certificates:
        """The settings afterwards; generations are numbered on, never reused."""
        kind: Generations = getattr(now, self.kind)
        listed = list(kind.generations)
        chosen = listed[self.place % len(listed)].number
        if self.what == "add":
            listed.append(Generation(number=newest + 1, issued=day.isoformat()))  # type: ignore[arg-type]
            changed = kind.model_copy(update={"generations": tuple(listed)})
        elif self.what == "sign":
            changed = kind.model_copy(update={"signing": chosen})
        else:
            left = tuple(each for each in listed if each.number != chosen)
            changed = kind.model_copy(update={"generations": left or kind.generations})
        return now.model_copy(update={self.kind: changed})


CHANGES = st.builds(
    Change,
    kind=st.sampled_from(["root", "root", "root", "intermediate"]),
    what=st.sampled_from(["add", "sign", "drop", "restart", "again"]),
    place=st.integers(0, 1),
    hours=st.sampled_from(WAITS),
    fails=st.sampled_from([False, False, False, True]),
)


def play(mesh: Mesh, changes: Sequence[Change]) -> None:
    """Each change on top of what was accepted last."""
    current, newest = certificates(), 1
    assert mesh.up(current)
    for change in changes:
        mesh.wait(change.hours)
        day = mesh.cluster.now.date()
        wanted = change.apply_to(mesh, current, newest)
        newest += change.what == "add"
        if not trust.problems(wanted, day) and mesh.up(wanted, fails=change.fails):
            current = wanted
    mesh.wait(0)


@settings(max_examples=10, deadline=None)
@given(st.lists(CHANGES, min_size=4, max_size=12))
def test_no_accepted_sequence_breaks_verification(changes: list[Change]) -> None:
    play(Mesh(), changes)


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
