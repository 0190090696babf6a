"""The rule for ``contractParameter``."""

from collections.abc import Iterable

from ..settings.problems import Problem
from ..settings.registry import Context, rule
from . import parameter


@rule("tenants")
def fits(context: Context) -> Iterable[Problem]:
    """The parameter takes the contract, unless the settings do without it."""
    settings = context.settings
    size = parameter.longest(settings, context.region, context.stack)
    if settings.contract_parameter and size > parameter.ADVANCED:
        yield Problem(
            key="contractParameter",
            value=True,
            reason=f"does not fit: with {len(settings.namespaces)} namespaces and {len(settings.gateways)} gateways "
            f"the contract takes up to {size} bytes, and an SSM parameter {parameter.ADVANCED}.",
            remedy="Write false, and let every consumer read the stack's outputs instead (docs/outputs.md).",
        )
