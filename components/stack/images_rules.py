"""Rules for ``images``."""

import re
from collections.abc import Iterable

from ..settings.images import hubs
from ..settings.problems import Problem
from ..settings.registry import Context, rule

# Registry and path: no scheme, no tag, no digest, no slash at the end.
HUB = re.compile(r"[a-zA-Z0-9][-a-zA-Z0-9.]*(:\d+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)+")


@rule("mesh", "tenants")
def hub(context: Context) -> Iterable[Problem]:
    """Check that every hub is a registry with a path."""
    for key, value in hubs(context.settings.images):
        if not HUB.fullmatch(value):
            yield Problem(
                key=key,
                value=value,
                reason="is not a registry with a path.",
                remedy="Write it without scheme, tag and trailing slash, such as docker.io/istio.",
            )
