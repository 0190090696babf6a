"""Risks of a change: rules that each inspect one comparison."""

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
    """Return the findings of all rules, in the order of the rules.

    A new stack can lose nothing, and no `up` runs for a removed one: a rule applies only to the kinds of stacks that it
    names in ``applies``.
    """
    rules = [each for each in RULES if comparison.sides in each.applies]
    return tuple(
        Risk(rule=rule.name, subject=subject, told=what)
        for rule in rules
        for subject, what in dict.fromkeys(rule.find(comparison))
    )


__all__ = ["BY_NAME", "RULES", "Rule", "risks"]
