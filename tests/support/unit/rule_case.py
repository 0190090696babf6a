"""Settings that are right but for what a case says, and what a rule says to them."""

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from components.charts.values import merge
from components.settings import Settings
from components.stack.rules import RULES, Context
from tests.support.days import TODAY

REGION = "us-west-2"
ADMIN = "arn:aws:iam::123456789012:role/admin"
DEPLOYER = "arn:aws:iam::123456789012:role/deployer"
ONE = {"generations": [{"number": 1, "issued": "2026-11-01"}], "signing": 1}

GOOD: dict[str, Any] = {
    "network": {"zones": ["us-west-2a", "us-west-2b"]},
    "cluster": {"deployer": DEPLOYER},
    "mesh": {"certificates": {"root": ONE, "intermediate": ONE}},
    "gateways": {"public": {"hosts": ["bookinfo/*"]}},
}


def settings(changes: Mapping[str, Any] | None = None) -> Settings:
    """Good settings with some keys changed; a mapping changes what it names, None removes a key."""
    return Settings.model_validate_json(json.dumps(_without_nones(merge(GOOD, changes or {}))))


def _without_nones(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: _without_nones(value) if isinstance(value, dict) and key not in ("values", "configuration") else value
        for key, value in values.items()
        if value is not None
    }


@dataclass(frozen=True, kw_only=True)
class Case:
    """Settings that break one rule: which, where the problem is told, and a phrase of it."""

    rule: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    key: str
    says: str
    write: str = ""
    region: str = REGION
    today: datetime.date = TODAY
    stack: str = "dev"
    default_tags: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.rule} at {self.key}"

    @property
    def context(self) -> Context:
        """What the rule is given."""
        return Context(
            settings=settings(self.changes),
            region=self.region,
            today=self.today,
            stack=self.stack,
            default_tags=self.default_tags,
        )


def context(changes: Mapping[str, Any] | None = None, region: str = REGION) -> Context:
    """What rules are given of good settings with some keys changed."""
    return Context(settings=settings(changes), region=region, today=TODAY)


def check(case: Case) -> None:
    """The rule tells the case's problem; on good settings it tells none."""
    told = list(RULES[case.rule].check(case.context))
    found = [problem for problem in told if problem.key == case.key and case.says in problem.reason]
    assert found, f"{case.rule} says: " + "; ".join(map(str, told))
    assert case.write in found[0].remedy, found[0].remedy
    assert list(RULES[case.rule].check(context())) == []
