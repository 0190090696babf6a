"""What is put out fits into one SSM parameter."""

from typing import Any

import pytest

from components.contract import parameter as contract_parameter
from components.contract import rules
from components.settings.registry import Context
from tests.support.days import TODAY
from tests.support.unit.rule_case import ADMIN, REGION, Case, check, settings

MANY = [{"name": f"team-{i}", "editors": [ADMIN]} for i in range(40)]

CASES = [
    Case(
        rule="contract.fits",
        changes={"namespaces": MANY},
        key="contractParameter",
        says="with 40 namespaces and 1 gateways",
        write="Set it to false",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_rule_tells_it(case: Case) -> None:
    check(case)


def asked(changes: dict[str, Any]) -> Context:
    return Context(settings=settings(changes), region=REGION, today=TODAY, stack="prod")


def test_the_limit_is_told_before_aws_tells_it() -> None:
    (problem,) = rules.fits(asked({"namespaces": MANY}))
    assert f"up to {contract_parameter.longest(settings({'namespaces': MANY}), REGION, 'prod')} bytes" in problem.reason
    assert list(rules.fits(asked({"namespaces": MANY, "contractParameter": False}))) == []
