"""Settings of the certificate authority: listed generations, and whatever its rules accept."""

import datetime
import json
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from components.settings import Certificates, Mesh, Settings, registry
from components.settings.problems import Problem
from components.trust import rules
from tests.support.days import TODAY
from tests.support.stack_files import ISSUED

FIRST = str(TODAY)
PROPERTIES = settings(max_examples=50)

Listed = list[tuple[int, str]]


def certificates(
    roots: Listed | None = None, root: int = 1, intermediates: Listed | None = None, intermediate: int = 1
) -> Certificates:
    def kind(listed: Listed | None, signing: int) -> dict[str, Any]:
        generations = [{"number": number, "issued": issued} for number, issued in listed or [(1, FIRST)]]
        return {"generations": tuple(generations), "signing": signing}

    return Certificates.model_validate({"root": kind(roots, root), "intermediate": kind(intermediates, intermediate)})


def authority(roots: list[int], signing: int) -> dict[str, str]:
    """Raw config of the mesh with these roots."""
    kind = {"generations": [{"number": number, "issued": str(ISSUED)} for number in roots], "signing": signing}
    first = {"generations": [{"number": 1, "issued": str(ISSUED)}], "signing": 1}
    return {"istio-eks:mesh": json.dumps({"certificates": {"root": kind, "intermediate": first}})}


# By name.
RULES = {name: rule.check for name, rule in registry.RULES.items() if rule.check.__module__ == rules.__name__}


def told(certificates: Certificates, *checks: registry.Check) -> list[Problem]:
    """What some rules say, or all of them."""
    asked = registry.Context(settings=Settings(mesh=Mesh(certificates=certificates)), region="us-west-2", today=TODAY)
    return [problem for check in checks or RULES.values() for problem in check(asked)]


@st.composite
def accepted(draw: st.DrawFn) -> Certificates:
    """Settings without a problem: generations in order, a signing pair that fits."""

    def kind(most: int) -> tuple[Listed, int]:
        numbers = draw(st.lists(st.integers(1, 99), unique=True, min_size=1, max_size=most))
        ages = draw(st.lists(st.integers(0, 4000), min_size=len(numbers), max_size=len(numbers)))
        issued = [str(TODAY - datetime.timedelta(days=age)) for age in sorted(ages, reverse=True)]
        listed = list(zip(sorted(numbers), issued, strict=True))
        return draw(st.permutations(listed)), draw(st.sampled_from(numbers))

    roots, root = kind(2)
    intermediates, intermediate = kind(3)
    drawn = certificates(roots, root, intermediates, intermediate)
    while told(drawn, rules.intermediate_outlives_root):
        intermediates = [(number, min(issued, roots[0][1], roots[-1][1])) for number, issued in intermediates]
        drawn = certificates(roots, root, intermediates, intermediate)
    return drawn


BOTH = [(1, FIRST), (2, FIRST)]
