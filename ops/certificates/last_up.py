"""The stack after the last ``up``, and whether the settings are a safe next step.

The program refuses unsafe steps too, but midway; these checks run before the engine starts. An ``up`` that failed after
it had written ``cacerts`` may have no outputs. Only the state then shows what the Secret contains, and only these
checks read it.
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
# Certificates of the tls provider, in plain text in the state; only keys are encrypted there.
CERTIFICATES = ("tls:index/selfSignedCert:SelfSignedCert", "tls:index/locallySignedCert:LocallySignedCert")

Resources = Sequence[Mapping[str, Any]]


def skipped(
    last: Mapping[str, Any], mesh: Mesh, now: datetime.datetime, held: Mapping[str, Any] | None = None
) -> list[Problem]:
    """Return steps that skip a phase of the authority, come too early, or remove an istiod that proxies still use.

    Args:
        last: Outputs of the last ``up``.
        mesh: Settings of the mesh.
        now: Current time.
        held: Contents of ``cacerts`` from ``held``; ``None`` if unknown.
    """
    plan = trust.plan(mesh.certificates, mesh.trust_domain)
    return [*skipped_of(last, plan, now, held), *upgrade.skipped(last.get("istioVersion"), mesh)]


def skipped_of(
    last: Mapping[str, Any], plan: trust.TrustPlan, now: datetime.datetime, held: Mapping[str, Any] | None = None
) -> list[Problem]:
    """Return the unsafe steps of the certificate authority."""
    certificates = last.get("certificates")
    problems = trust.skipped(certificates, plan, now)
    if problems or held is None or not is_unfinished(last, held):
        return problems
    # Unchanged roots keep their timestamps.
    since = {"since": certificates.get("since")} if certificates and _roots(certificates) == _roots(held) else {}
    return trust.skipped({**held, **since}, plan, now)


def is_unfinished(last: Mapping[str, Any], held: Mapping[str, Any]) -> bool:
    """Return whether an ``up`` changed ``cacerts`` and then failed, so that the outputs are of an earlier ``up``."""
    certificates = last.get("certificates")
    if not certificates:
        return True
    before, now = ((_roots(each), each["intermediate"]["signing"]) for each in (certificates, held))
    return before != now


def failures(problems: Iterable[Problem]) -> Iterator[Failure]:
    """Return the problems as failures that prevent an ``up``."""
    for problem in problems:
        shown = json.dumps(problem.value, default=str)
        yield Failure(what=f"{problem.key}: {shown} {problem.reason}", remedy=problem.remedy)


def outputs(run: Run, stack: str) -> dict[str, Any] | None:
    """Return the plain outputs; ``None`` without the CLI, a login or the stack."""
    found = run(["pulumi", "stack", "output", "--json", "--stack", stack, "--non-interactive"])
    return dict(json.loads(found.out or "{}")) if found.ok else None


def resources(run: Run, stack: str) -> Resources | None:
    """Return the resources in the state; ``None`` without the CLI, a login or the stack."""
    found = run(["pulumi", "stack", "export", "--stack", stack, "--non-interactive"])
    if not found.ok:
        return None
    every = (json.loads(found.out or "{}").get("deployment") or {}).get("resources") or []
    # A resource that is pending deletion has been replaced.
    return [each for each in every if not each.get("delete")]


def held(state: Resources | None) -> dict[str, Any] | None:
    """Return what ``cacerts`` contains in the state, as an output ``certificates`` without dates and timestamps."""
    texts = (_annotation(each) for each in state or () if each.get("type") == SECRET)
    written = next((text for text in texts if text), None)
    return trust.state_of(written) if written else None


def made(state: Resources | None, plan: trust.TrustPlan) -> trust.Made:
    """Return the certificates of the plan that are in the state.

    A state with ``cacerts`` but without its certificates belongs to another issuer, which stores them elsewhere.
    """
    if state is None:
        return trust.UNKNOWN
    found = trust.made(plan, (one for pem in _authorities(state) for one in trust.parsed(pem)))
    return trust.Made(certificates=found, complete=bool(found) or held(state) is None)


def _authorities(state: Resources) -> Iterator[str]:
    """Yield the PEM of every CA certificate; gateways have other certificates of the same types."""
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
