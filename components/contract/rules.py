"""The rule for ``contractParameter``."""

from collections.abc import Iterable

from ..settings.problems import Problem
from ..settings.registry import Context, rule
from . import parameter


@rule("tenants")
def fits(context: Context) -> Iterable[Problem]:
    """Check that the contract fits into the SSM parameter, where the settings ask for one."""
    settings = context.settings
    size = parameter.longest(settings, context.region, context.stack)
    if settings.contract_parameter and size > parameter.ADVANCED:
        yield Problem(
            key="contractParameter",
            value=True,
            reason=f"cannot be true: with {len(settings.namespaces)} namespaces and {len(settings.gateways)} gateways "
            f"the contract needs up to {size} bytes, but an SSM parameter holds {parameter.ADVANCED}.",
            remedy="Set it to false, and let every consumer read the stack's outputs instead (docs/outputs.md).",
        )
