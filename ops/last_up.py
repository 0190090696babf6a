"""The stack as the last ``up`` left it, and whether the settings go on from there in a safe step.

The program refuses such steps too, in the middle of its run; here they are told before the engine starts.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from design import trust, upgrade
from design.settings import Mesh
from ops.checks import Failure, Run


def skipped(last: Mapping[str, Any], mesh: Mesh) -> Iterator[Failure]:
    """Steps from the last outputs that skip a phase of the authority, or remove an istiod under its proxies."""
    plan = trust.plan(mesh.certificates, mesh.trust_domain)
    problems = [*trust.skipped(last.get("certificates"), plan), *upgrade.skipped(last.get("istioVersion"), mesh)]
    for problem in problems:
        shown = json.dumps(problem.value, default=str)
        yield Failure(what=f"{problem.key}: {shown} {problem.reason}", remedy=problem.remedy)


def outputs(run: Run, stack: str) -> dict[str, Any]:
    """Plain outputs; none before the first ``up``, and none where nobody can read them: those checks speak for that."""
    found = run(["pulumi", "stack", "output", "--json", "--stack", stack, "--non-interactive"])
    return dict(json.loads(found.out or "{}")) if found.ok else {}
