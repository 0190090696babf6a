"""Rules for values that are handed to somebody else's schema, and for hubs."""

from collections.abc import Iterable

from ..settings.images import hubs
from ..settings.problems import Problem
from ..settings.registry import Context, rule
from . import search
from .refused import REFUSED, retired


@rule("cluster", "mesh")
def values(context: Context) -> Iterable[Problem]:
    """Nothing that breaks the mesh or silently does nothing."""
    yield from search.find(context.settings, REFUSED)


@rule("cluster", "mesh")
def replaced_maps(context: Context) -> Iterable[Problem]:
    """Nothing takes a whole map of values away."""
    yield from search.replaced(context.settings, REFUSED)


@rule("mesh", "tenants")
def retired_hubs(context: Context) -> Iterable[Problem]:
    """Images come from a registry that still has them."""
    for key, hub in hubs(context.settings.images):
        if retired(f"{hub}/"):
            yield Problem(
                key=key,
                value=hub,
                reason="is a retired registry: Istio publishes nothing there since 1.31, and it is gone from December "
                "2026.",
                remedy="Write docker.io/istio, or your copy of it.",
            )
