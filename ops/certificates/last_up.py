"""The stack as the last ``up`` left it, and whether the settings go on from there in a safe step.

The program refuses such steps too, in the middle of its run; here they are told before the engine starts. An ``up``
that failed after it had written ``cacerts`` may have put nothing out: what the Secret holds by then stands in the state
alone, and only here is it looked at.
"""

import datetime
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from components import trust
from components.istio import upgrade
from components.settings import Mesh, names
from components.settings.problems import Problem
from ops.running import Failure, Run

SECRET = "kubernetes:core/v1:Secret"
# Certificates of the tls provider, which the state has as they are: only keys are encrypted in it.
CERTIFICATES = ("tls:index/selfSignedCert:SelfSignedCert", "tls:index/locallySignedCert:LocallySignedCert")

Resources = Sequence[Mapping[str, Any]]


def skipped(
    last: Mapping[str, Any], mesh: Mesh, now: datetime.datetime, held: Mapping[str, Any] | None = None
) -> list[Problem]:
    """Steps that skip a phase of the authority, or come too early, or remove an istiod under its proxies.

    last: the outputs of the last ``up``. held: what ``cacerts`` holds (``held``), where that is known.
    """
    plan = trust.plan(mesh.certificates, mesh.trust_domain)
    return [*skipped_of(last, plan, now, held), *upgrade.skipped(last.get("istioVersion"), mesh)]


def skipped_of(
    last: Mapping[str, Any], plan: trust.TrustPlan, now: datetime.datetime, held: Mapping[str, Any] | None = None
) -> list[Problem]:
    """Those of the authority."""
    certificates = last.get("certificates")
    problems = trust.skipped(certificates, plan, now)
    if problems or held is None or not is_unfinished(last, held):
        return problems
    # Roots that did not change kept their moments.
    since = {"since": certificates.get("since")} if certificates and _roots(certificates) == _roots(held) else {}
    return trust.skipped({**held, **since}, plan, now)


def is_unfinished(last: Mapping[str, Any], held: Mapping[str, Any]) -> bool:
    """Whether an ``up`` changed ``cacerts`` and then failed, so that the outputs tell of the one before it."""
    certificates = last.get("certificates")
    if not certificates:
        return True
    before, now = ((_roots(each), each["intermediate"]["signing"]) for each in (certificates, held))
    return before != now


def failures(problems: Iterable[Problem]) -> Iterator[Failure]:
    """The same as things in the way of an ``up``."""
    for problem in problems:
        shown = json.dumps(problem.value, default=str)
        yield Failure(what=f"{problem.key}: {shown} {problem.reason}", remedy=problem.remedy)


def outputs(run: Run, stack: str) -> dict[str, Any] | None:
    """Plain outputs; ``None`` where nobody can read them: no CLI, no login, no such stack."""
    found = run(["pulumi", "stack", "output", "--json", "--stack", stack, "--non-interactive"])
    return dict(json.loads(found.out or "{}")) if found.ok else None


def resources(run: Run, stack: str) -> Resources | None:
    """Return what is in the state; ``None`` where nobody can read it: no CLI, no login, no such stack."""
    found = run(["pulumi", "stack", "export", "--stack", stack, "--non-interactive"])
    if not found.ok:
        return None
    every = (json.loads(found.out or "{}").get("deployment") or {}).get("resources") or []
    # What waits to be deleted has been replaced.
    return [each for each in every if not each.get("delete")]


def held(state: Resources | None) -> dict[str, Any] | None:
    """What ``cacerts`` holds by the state, in the shape of an output ``certificates`` without dates or moments."""
    texts = (_annotation(each) for each in state or () if each.get("type") == SECRET)
    written = next((text for text in texts if text), None)
    return trust.state_of(written) if written else None


def made(state: Resources | None, plan: trust.TrustPlan) -> trust.Made:
    """Return the certificates of the plan that the state has.

    A state with ``cacerts`` and without the certificates in it is that of another issuer, which keeps them elsewhere.
    """
    if state is None:
        return trust.UNKNOWN
    found = trust.made(plan, (one for pem in _authorities(state) for one in trust.parsed(pem)))
    return trust.Made(certificates=found, complete=bool(found) or held(state) is None)


def _authorities(state: Resources) -> Iterator[str]:
    """PEM of every certificate that may sign others: gateways have certificates of the same types."""
    for each in state:
        pem = (each.get("outputs") or {}).get("certPem")
        signs = (each.get("inputs") or {}).get("isCaCertificate")
        if each.get("type") in CERTIFICATES and signs and isinstance(pem, str):
            yield pem


def _roots(certificates: Mapping[str, Any]) -> tuple[int, list[int]]:
    return int(certificates["root"]["signing"]), trust.numbers(certificates)


def _annotation(resource: Mapping[str, Any]) -> str | None:
    metadata = (resource.get("inputs") or {}).get("metadata") or {}
    if metadata.get("name") != names.CA_SECRET:
        return None
    text = (metadata.get("annotations") or {}).get(trust.HELD)
    return str(text) if text else None
