"""A mesh whose settings change, as the worst that the waits allow, with real certificates.

A changed Secret reaches any istiod and any workload at once, or an hour later; istiod may sign until then with what it
had, for a whole lifetime; a workload may trust until then what it did.
"""

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi

from components import trust
from components.settings import Certificates, Generation, Generations, Settings
from components.settings import Mesh as MeshSettings
from components.settings.problems import Problem
from components.settings.registry import Context
from components.stack import rules
from ops.certificates import last_up
from tests.support.days import NOON
from tests.support.unit.certificate_settings import certificates
from tests.support.unit.rotations import Bundle, Leaf, leaf, pems, verify
from tests.support.unit.tls_provider import Cluster

HOUR = datetime.timedelta(hours=1)
# Of the sample certificates: how long one is in use is the model's to say.
ANY_TIME = datetime.timedelta(days=90)
END = datetime.datetime.max.replace(tzinfo=datetime.UTC) - 99 * HOUR


@dataclass(frozen=True)
class Reign:
    """One content of the Secret: from when it was there, and a certificate signed with it."""

    begins: datetime.datetime
    bundle: Bundle
    leaf: Leaf


@dataclass
class Mesh:
    """Everything that may be in use in a mesh whose settings change.

    seen: what was accepted, as from which phase to which, what did not finish, and what was refused.
    """

    guarded: bool = True
    cluster: Cluster = field(default_factory=lambda: Cluster(now=NOON, refuses=True))
    reigns: list[Reign] = field(default_factory=list)
    restarted: datetime.datetime | None = None
    state: dict[str, Any] | None = None
    steps: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    plan: trust.TrustPlan | None = None

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
            self.seen["refused"] += 1
            return False
        try:
            self.cluster.up(plan)
        except pulumi.RunError:
            assert self.cluster.cacerts == before
            return False
        self.state = trust.state_of(trust.held(plan))
        self.seen[self.step_to(plan)] += 1
        if fails:
            self.seen["unfinished"] += 1
            self.cluster.outputs = outputs
        bundle = self.cluster.cacerts
        assert all(is_taken_over(held.bundle, bundle) for held in self.held())
        if bundle != before:
            self.reigns.append(Reign(self.cluster.now, bundle, leaf(bundle, self.cluster.now, ANY_TIME)))
        self.steps += 1
        self.check()
        return True

    def step_to(self, plan: trust.TrustPlan) -> str:
        """From one phase to another, or to another intermediate."""
        before, self.plan = self.plan, plan
        if before and before.signing.intermediate != plan.signing.intermediate:
            return "another intermediate signs"
        return f"{before.phase if before else 'nothing'} to {plan.phase}"

    def refused_by_make_up(self, plan: trust.TrustPlan) -> bool:
        """What the outputs say, and only the state after an `up` that did not finish."""
        return bool(last_up.skipped_of(self.cluster.outputs, plan, self.cluster.now, self.state))

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

    def edit(self, kind: Generations) -> tuple[str, int]:
        """What it comes to, and which number it is about: ``next`` goes on with a rotation, ``back`` takes it back."""
        numbers = sorted(each.number for each in kind.generations)
        oldest, newest = numbers[0], numbers[-1]
        if self.what not in ("next", "back"):
            return self.what, numbers[self.place % len(numbers)]
        if oldest == newest:
            return ("add" if self.what == "next" else "again"), newest
        if self.what == "next":
            return ("drop", oldest) if kind.signing == newest else ("sign", newest)
        return ("sign", oldest) if kind.signing == newest else ("drop", newest)

    def apply(self, now: Certificates, newest: int, day: datetime.date) -> Certificates:
        """The settings afterwards; generations are numbered on, never reused."""
        kind: Generations = getattr(now, self.kind)
        listed = list(kind.generations)
        what, chosen = self.edit(kind)
        if what == "add":
            listed.append(Generation(number=newest + 1, issued=day.isoformat()))  # type: ignore[arg-type]
            changed = kind.model_copy(update={"generations": tuple(listed)})
        elif what == "sign":
            changed = kind.model_copy(update={"signing": chosen})
        elif what == "again":
            return now
        else:
            left = tuple(each for each in listed if each.number != chosen)
            changed = kind.model_copy(update={"generations": left or kind.generations})
        return now.model_copy(update={self.kind: changed})


def play(mesh: Mesh, changes: Sequence[Change]) -> None:
    """Each change on top of what was accepted last."""
    current, newest = certificates(), 1
    assert mesh.up(current)
    for change in changes:
        mesh.wait(change.hours)
        day = mesh.cluster.now.date()
        wanted = change.apply_to(mesh, current, newest)
        newest = max(newest, *(each.number for each in (*wanted.root.generations, *wanted.intermediate.generations)))
        if wanted == current and change.what != "again":
            continue
        if not _refused(wanted, day) and mesh.up(wanted, fails=change.fails):
            current = wanted
    mesh.wait(0)


def _refused(certificates: Certificates, day: datetime.date) -> list[Problem]:
    settings = Settings(mesh=MeshSettings(certificates=certificates))
    return rules.problems(Context(settings=settings, region="us-west-2", today=day), subjects={"trust"})
