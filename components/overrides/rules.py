"""Rules for values that are passed on to charts and add-ons, and for hubs."""

from collections.abc import Iterable

from ..settings.images import hubs
from ..settings.problems import Problem
from ..settings.registry import Context, rule
from . import search
from .refused import REFUSED, retired


@rule("cluster", "mesh")
def values(context: Context) -> Iterable[Problem]:
    """Check that no value breaks the mesh or is silently ignored."""
    yield from search.find(context.settings, REFUSED)


@rule("cluster", "mesh")
def replaced_maps(context: Context) -> Iterable[Problem]:
    """Check that no value replaces a whole map of defaults."""
    yield from search.replaced(context.settings, REFUSED)


@rule("mesh", "tenants")
def retired_hubs(context: Context) -> Iterable[Problem]:
    """Check that images come from a registry that still has them."""
    for key, hub in hubs(context.settings.images):
        if retired(f"{hub}/"):
            yield Problem(
                key=key,
                value=hub,
                reason="is a retired registry: Istio has not published there since 1.31, and it shuts down in December "
                "2026.",
                remedy="Use docker.io/istio, or your copy of it.",
            )
