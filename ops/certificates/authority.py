"""Report on the mesh's certificate authority for its operators: certificates, next tasks, and dates.

The settings are enough for a report. The outputs of the last ``up`` add fingerprints and the waits of a rotation; the
cluster adds the certificates in use.
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
    """The whole report."""

    stack: str
    plan: trust.TrustPlan
    """Authorities that the settings define."""
    now: datetime.datetime
    outputs: str
    """Whether the outputs of the last ``up`` were read: ``READ``, ``NONE_YET`` or ``NOT_READ``."""
    applied: bool
    """Whether the outputs agree with the settings."""
    finished: bool
    """Whether the outputs are from the last ``up`` that changed ``cacerts``; otherwise no wait is known."""
    since: Mapping[str, str]
    """When the trusted roots and the signing certificate took effect."""
    fingerprints: Mapping[int, str]
    """Fingerprints of roots by number, from the outputs."""
    tasks: tuple[trust.Task, ...]
    refused: tuple[Problem, ...]
    """Problems for which ``make up`` would refuse the settings now."""
    made: trust.Made = trust.UNKNOWN
    """Certificates that exist: from the cluster if it was read, else from the state, else from the outputs.

    Certificates that none of them shows have the dates of certificates created on the days in the settings.
    """
    findings: tuple[Finding, ...] | None = None
    """Differences in the cluster; ``None`` if it was not read on request."""
    unreadable: Failure | None = None
    """Why reading the cluster failed."""

    @property
    def status(self) -> int:
        """Exit status: 1 if something is due now, else 0."""
        found = [each for each in self.findings or () if not each.note]
        due = [task for task in self.tasks if task.due]
        return 1 if due or self.refused or not self.applied or found or self.unreadable else 0


def report(
    loaded: Loaded,
    last: Mapping[str, Any] | None,
    now: datetime.datetime,
    state: last_up.Resources | None = None,
) -> Report:
    """Return the report without the cluster.

    Args:
        loaded: Settings of the stack.
        last: Outputs of the last ``up``; ``None`` if they cannot be read.
        now: Time of the report.
        state: Resources in the state; ``None`` if it cannot be read.
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
    """Return the generations in the outputs of the last ``up``, which therefore exist."""
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
    """Add the differences between the report and the cluster."""
    try:
        with _kubeconfig(last, kubeconfig) as path:
            there = cluster.read(cluster.kubectl(run, path), cluster.forwarding(path), istiods)
    except cluster.UnreadableError as error:
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
    """Return the tasks; only the outputs of an ``up`` that finished give the waits."""
    return trust.agenda(plan, (last or {}).get("certificates") if finished else None, now, made)


@contextlib.contextmanager
def _kubeconfig(last: Mapping[str, Any] | None, given: Path | None) -> Iterator[str]:
    """Yield the path of the given kubeconfig, or of the stack's own, which contains no credential."""
    if given:
        yield str(given)
        return
    own = (last or {}).get("kubeconfig")
    if not own:
        raise cluster.UnreadableError(
            "the outputs, which contain the kubeconfig, cannot be read; pass one with --kubeconfig"
        )
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(own if isinstance(own, str) else json.dumps(own))
        file.flush()
        yield file.name
