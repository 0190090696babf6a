"""What must hold between settings: one function a rule, found by name in ``RULES``."""

import re
from collections.abc import Mapping
from datetime import date

from design.problems import Problem
from design.rules import (  # noqa: F401
    access,
    cluster,
    delegated,
    disruption,
    escape,
    everywhere,
    gateways,
    identity,
    images,
    mesh,
    network,
    nodes,
    scaling,
    tags,
)
from design.rules.registry import RULES, Context
from design.settings import Settings

__all__ = ["RULES", "Context", "problems"]


def problems(
    settings: Settings,
    region: str,
    today: date,
    *,
    stack: str = "dev",
    default_tags: Mapping[str, str] | None = None,
) -> list[Problem]:
    """Everything that is wrong with settings of the right shape, in the settings' order; none: they can be built.

    stack: name of the stack. default_tags: what ``aws:defaultTags`` adds to every resource.
    """
    context = Context(settings=settings, region=region, today=today, stack=stack, default_tags=default_tags or {})
    found = [problem for rule in RULES.values() for problem in rule(context)]
    return sorted(found, key=lambda problem: _place(problem.key))


def _place(key: str) -> int:
    root = re.split(r"[.\[]", key)[0]
    written = [field.alias for field in Settings.model_fields.values()]
    return written.index(root) if root in written else -1
