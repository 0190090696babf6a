"""The mesh's certificate authority for whoever keeps it running: what there is, what is next, and since when.

Settings are enough. The outputs of the last ``up`` add fingerprints and the waits of a rotation; the cluster adds what
is really in use.
"""

import contextlib
import dataclasses
import datetime
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components import trust
from components.settings.loaded import Loaded
from components.settings.problems import Problem
from components.trust import live
from components.trust.live import Finding
from ops.certificates import cluster, last_up
from ops.running import Failure, Run

NOT_READ = "unreadable"
NONE_YET = "none yet"
READ = "read"


@dataclass(frozen=True, kw_only=True)
class Report:
    """Everything that is told.

    plan: what the settings ask for.
    outputs: whether the outputs of the last ``up`` could be read. applied: whether they are what the settings say.
    finished: whether that ``up`` is the last that changed ``cacerts``; without it no wait is known.
    fingerprints: of roots by number, by those outputs.
    made: certificates that are really there, by the cluster where it was asked, else by the state, else by the
    outputs. Dates of what nobody saw are those of certificates made on the days in the settings.
    refused: what ``make up`` would say of the step to the settings now.
    findings: differences in the cluster; ``None`` when it was not asked. unreadable: why it did not answer.
    """

    stack: str
    plan: trust.TrustPlan
    now: datetime.datetime
    outputs: str
    applied: bool
    finished: bool
    since: Mapping[str, str]
    fingerprints: Mapping[int, str]
    tasks: tuple[trust.Task, ...]
    refused: tuple[Problem, ...]
    made: trust.Made = trust.UNKNOWN
    findings: tuple[Finding, ...] | None = None
    unreadable: Failure | None = None

    @property
    def status(self) -> int:
        """1 when there is something to do now."""
        found = [each for each in self.findings or () if not each.note]
        due = [task for task in self.tasks if task.due]
        return 1 if due or self.refused or not self.applied or found or self.unreadable else 0


def report(
    loaded: Loaded,
    last: Mapping[str, Any] | None,
    now: datetime.datetime,
    state: last_up.Resources | None = None,
) -> Report:
    """What is known without the cluster.

    last, state: outputs of the last ``up``, and resources in the state; each ``None`` where nobody can read it.
    """
    mesh = loaded.settings.mesh
    plan = trust.plan(mesh.certificates, mesh.trust_domain)
    held, made = last_up.held(state), last_up.made(state, plan)
    certificates = dict((last or {}).get("certificates") or {})
    if made == trust.UNKNOWN:
        made = trust.Made(unseen=_put_out(certificates))
    finished = held is None or not last_up.is_unfinished(last or {}, held)
    same = {**certificates, "since": None} == {**trust.state(plan), "since": None}
    return Report(
        stack=loaded.stack,
        plan=plan,
        now=now,
        outputs=NOT_READ if last is None else READ if certificates else NONE_YET,
        applied=finished and (same or not certificates),
        finished=finished,
        since=dict(certificates.get("since") or {}) if finished else {},
        fingerprints=_fingerprints(last or {}),
        tasks=_tasks(plan, last, finished, now, made),
        made=made,
        refused=tuple(last_up.skipped(last or {}, mesh, now, held)),
    )


def _put_out(certificates: Mapping[str, Any]) -> frozenset[tuple[str, int]]:
    """Generations that the last ``up`` put out, and so has made."""
    return frozenset(
        (kind, int(each["number"]))
        for kind in ("root", "intermediate")
        for each in (certificates.get(kind) or {}).get("generations") or ()
    )


def _fingerprints(last: Mapping[str, Any]) -> dict[int, str]:
    numbers = trust.numbers(last.get("certificates") or {})
    return dict(zip(numbers, last.get("rootCertificateFingerprints") or (), strict=False))


def with_cluster(
    found: Report, last: Mapping[str, Any] | None, run: Run, *, kubeconfig: Path | None, istiods: Sequence[str] = ()
) -> Report:
    """The same, and how the cluster differs."""
    try:
        with _kubeconfig(last, kubeconfig) as path:
            there = cluster.read(cluster.kubectl(run, path), cluster.forwarding(path), istiods)
    except cluster.Unreadable as error:
        return dataclasses.replace(found, findings=(), unreadable=cluster.failure(error))
    known = list(found.fingerprints.values()) or None
    seen = trust.made(found.plan, [*there.roots, there.signing])
    made = dataclasses.replace(found.made, certificates={**found.made.certificates, **seen})
    return dataclasses.replace(
        found,
        made=made,
        tasks=_tasks(found.plan, last, found.finished, found.now, made),
        findings=tuple(live.compare(found.plan, known, there)),
    )


def _tasks(
    plan: trust.TrustPlan,
    last: Mapping[str, Any] | None,
    finished: bool,
    now: datetime.datetime,
    made: trust.Made,
) -> tuple[trust.Task, ...]:
    """Waits are known from the outputs of an `up` that is the last that changed anything."""
    return trust.agenda(plan, (last or {}).get("certificates") if finished else None, now, made)


@contextlib.contextmanager
def _kubeconfig(last: Mapping[str, Any] | None, given: Path | None) -> Iterator[str]:
    """The given file, or the stack's own: it holds no credential."""
    if given:
        yield str(given)
        return
    own = (last or {}).get("kubeconfig")
    if not own:
        raise cluster.Unreadable("the outputs, with the kubeconfig, cannot be read; give one by --kubeconfig")
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(own if isinstance(own, str) else json.dumps(own))
        file.flush()
        yield file.name
