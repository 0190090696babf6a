"""What must hold between settings: one function a rule, found by name in ``RULES``."""

import re
from collections.abc import Mapping
from datetime import date

from ..cluster import access_rules as access  # noqa: F401
from ..cluster import node_rules as nodes  # noqa: F401
from ..cluster import rules as cluster  # noqa: F401
from ..gateways import host_rules as gateways  # noqa: F401
from ..istio import rules as mesh  # noqa: F401
from ..network import rules as network  # noqa: F401
from ..overrides import disruption_rules as disruption  # noqa: F401
from ..overrides import replica_rules as scaling  # noqa: F401
from ..overrides import rules as escape  # noqa: F401
from ..settings import Settings
from ..settings.problems import Problem
from ..settings.registry import RULES, Context
from . import delegated  # noqa: F401
from . import duplicate_rules as everywhere  # noqa: F401
from . import identity_rules as identity  # noqa: F401
from . import images_rules as images  # noqa: F401
from . import tags_rules as tags  # noqa: F401

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
