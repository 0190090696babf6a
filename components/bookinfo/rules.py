"""Rules for ``bookinfo``: its gateway and the shares of its versions."""

from collections.abc import Iterable

from ..settings import names
from ..settings.problems import Problem
from ..settings.registry import Context, rule
from . import routing


@rule("tenants")
def whole_weights(context: Context) -> Iterable[Problem]:
    """The shares are all of the traffic, also before routing is canary: then nobody looks at them again."""
    settings = context.settings
    shares = settings.bookinfo.weights.model_dump()
    total = sum(shares.values())
    if total != 100:
        yield Problem(
            key="bookinfo.weights",
            value=shares,
            reason=f"add up to {total}: Istio would read them as proportions, not as the percent they say.",
            remedy="Write shares that add up to 100.",
        )


@rule("tenants")
def served(context: Context) -> Iterable[Problem]:
    """Bookinfo's gateway exists and serves it under some host."""
    settings = context.settings
    if not settings.bookinfo.enabled:
        return
    name = settings.bookinfo.gateway
    gateway = settings.gateways.get(name)
    if gateway is None:
        yield Problem(
            key="bookinfo.gateway",
            value=name,
            reason="is no gateway of this stack: nobody could reach Bookinfo.",
            remedy=_choices(settings.gateways),
        )
    elif not routing.public_hosts(gateway):
        yield Problem(
            key=f"gateways.{name}.hosts",
            value=list(gateway.hosts),
            reason=f"gives {names.BOOKINFO} no host, though bookinfo.gateway is {name}: its routes would be ignored.",
            remedy=f'Add "{names.BOOKINFO}/*" or "{names.BOOKINFO}/" and a host, or set bookinfo.enabled to false.',
        )


def _choices(found: Iterable[str]) -> str:
    listed = ", ".join(sorted(found))
    return f"Choose one of {listed}, or set bookinfo.enabled to false." if listed else "Add a gateway of that name."
