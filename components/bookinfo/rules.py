"""Rules for ``bookinfo``: its gateway and the weights of its versions."""

from collections.abc import Iterable

from ..settings import names
from ..settings.problems import Problem
from ..settings.registry import Context, rule
from . import routing


@rule("tenants")
def whole_weights(context: Context) -> Iterable[Problem]:
    """Check that the weights add up to 100, even while ``routing`` is not yet ``canary``."""
    settings = context.settings
    shares = settings.bookinfo.weights.model_dump()
    total = sum(shares.values())
    if total != 100:
        yield Problem(
            key="bookinfo.weights",
            value=shares,
            reason=f"adds up to {total} instead of 100: Istio would treat the weights as proportions, not as percent.",
            remedy="Use weights that add up to 100.",
        )


@rule("tenants")
def served(context: Context) -> Iterable[Problem]:
    """Check that Bookinfo's gateway exists and serves a host for it."""
    settings = context.settings
    if not settings.bookinfo.enabled:
        return
    name = settings.bookinfo.gateway
    gateway = settings.gateways.get(name)
    if gateway is None:
        yield Problem(
            key="bookinfo.gateway",
            value=name,
            reason="is not a gateway of this stack: Bookinfo would be unreachable.",
            remedy=_choices(settings.gateways),
        )
    elif not routing.public_hosts(gateway):
        yield Problem(
            key=f"gateways.{name}.hosts",
            value=list(gateway.hosts),
            reason=f"has no host for {names.BOOKINFO}, although bookinfo.gateway is {name}: Istio would ignore its "
            "routes.",
            remedy=f'Add "{names.BOOKINFO}/*", or "{names.BOOKINFO}/" and a host, or set bookinfo.enabled to false.',
        )


def _choices(gateways: Iterable[str]) -> str:
    listed = ", ".join(sorted(gateways))
    return f"Use one of {listed}, or set bookinfo.enabled to false." if listed else "Add a gateway of that name."
