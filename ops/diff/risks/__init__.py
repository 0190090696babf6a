"""What of a change can hurt, by rules: small functions over a comparison, each on its own."""

from ops.diff.changes import Comparison, Risk
from ops.diff.risks import (
    access,
    authorization,
    availability,
    cloud,
    iam,
    mesh,
    mutual_tls,
    state,
    trust,
    versions,
    way_out,
)
from ops.diff.risks.rule import Rule

RULES: tuple[Rule, ...] = (
    *state.RULES,
    *trust.RULES,
    *versions.RULES,
    *mutual_tls.RULES,
    *way_out.RULES,
    *mesh.RULES,
    *authorization.RULES,
    *cloud.RULES,
    *iam.RULES,
    *access.RULES,
    *availability.RULES,
)
BY_NAME = {rule.name: rule for rule in RULES}


def risks(comparison: Comparison) -> tuple[Risk, ...]:
    """Everything the rules find, in the order of the rules.

    A new stack loses nothing, and of a removed one no `up` will ever run: only what says so applies.
    """
    rules = [each for each in RULES if comparison.sides in each.applies]
    return tuple(
        Risk(rule=rule.name, subject=subject, told=told)
        for rule in rules
        for subject, told in dict.fromkeys(rule.find(comparison))
    )


__all__ = ["BY_NAME", "RULES", "Rule", "risks"]
