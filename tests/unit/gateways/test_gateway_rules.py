"""Every mistake in the settings of one gateway is told where it stands."""

from typing import Any

import pytest

from components.gateways import rules
from components.settings import registry
from components.settings.problems import Problem
from tests.support.unit.rule_case import context

ARN = "arn:aws:acm:us-west-2:111122223333:certificate/0123abcd"
HOSTS = ["shop/www.example.org"]
# Rules about each gateway alone.
ALONE = [rule for rule in registry.RULES.values() if rule.check.__module__ == rules.__name__]


def told(name: str = "public", **changes: Any) -> list[Problem]:
    gateway = {"hosts": HOSTS, **changes}
    asked = context({"gateways": {"public": None, name: gateway}, "mesh": {"size": "medium"}})
    return [problem for rule in ALONE for problem in rule.check(asked)]


CASES: list[tuple[Any, str, dict[str, Any], str, str]] = [
    (
        rules.name_length,
        "public-website",
        {},
        "gateways.public-website",
        "has a name of 14 characters: AWS allows 32 for a target group, and ours adds 20.",
    ),
    (rules.hosts, "public", {"hosts": []}, "gateways.public.hosts", "is empty"),
    (rules.hosts, "public", {"hosts": HOSTS * 2}, "gateways.public.hosts", "is listed twice."),
    (
        rules.idle_timeout,
        "public",
        {"tls": {"mode": "acm", "certificateArn": ARN}, "idleTimeoutSeconds": 600},
        "gateways.public.idleTimeoutSeconds",
        "does not fit tls.mode acm: the idle timeout of a TLS listener is fixed at 350 s.",
    ),
    (
        rules.tls_fields,
        "public",
        {"tls": {"mode": "secret"}},
        "gateways.public.tls.secretName",
        "is missing: tls.mode secret has no certificate without it.",
    ),
    (
        rules.tls_fields,
        "public",
        {"tls": {"mode": "acm"}},
        "gateways.public.tls.certificateArn",
        "is missing: tls.mode acm has no certificate without it.",
    ),
    (
        rules.tls_fields,
        "public",
        {"tls": {"mode": "self-signed", "secretName": "www"}},
        "gateways.public.tls.secretName",
        "belongs to tls.mode secret; in mode self-signed nothing would read it.",
    ),
    (
        rules.tls_fields,
        "public",
        {"tls": {"certificateArn": ARN}},
        "gateways.public.tls.certificateArn",
        "belongs to tls.mode acm; in mode none nothing would read it.",
    ),
    (
        rules.replica_range,
        "public",
        {"replicas": {"min": 4, "max": 3}},
        "gateways.public.replicas",
        "has min above max",
    ),
    (
        rules.allowed_ranges,
        "public",
        {"allowedCidrs": ["300.0.0.0/8"]},
        "gateways.public.allowedCidrs",
        "is not an IPv4 range.",
    ),
    (
        rules.allowed_ranges,
        "public",
        {"allowedCidrs": ["203.0.113.7/24"]},
        "gateways.public.allowedCidrs",
        "has an address inside its range",
    ),
    (
        rules.allowed_ranges,
        "public",
        {"allowedCidrs": ["203.0.113.0/24", "203.0.113.0/24"]},
        "gateways.public.allowedCidrs",
        "is listed twice: AWS refuses a rule it has.",
    ),
    (
        rules.allowed_ranges,
        "public",
        {"allowedCidrs": [f"10.0.{i}.0/24" for i in range(31)], "tls": {"mode": "self-signed"}},
        "gateways.public.allowedCidrs",
        "makes 2 rules a range, and a security group holds 60.",
    ),
    (
        rules.blocked_drains,
        "public",
        {"values": {"podDisruptionBudget": {"minAvailable": 3}}},
        "gateways.public.values.podDisruptionBudget",
        "is not below the 3 pods there may be",
    ),
    (
        rules.blocked_drains,
        "public",
        {"values": {"podDisruptionBudget": {"minAvailable": "67%"}}},
        "gateways.public.values.podDisruptionBudget",
        "is not below the 3 pods there may be",
    ),
    (
        rules.blocked_drains,
        "public",
        {"values": {"podDisruptionBudget": {"maxUnavailable": 0}}},
        "gateways.public.values.podDisruptionBudget",
        "is not below the 3 pods there may be",
    ),
    (
        rules.blocked_drains,
        "public",
        {"values": {"autoscaling": {"minReplicas": 2}}},
        "gateways.public.values.podDisruptionBudget",
        "is not below the 2 pods there may be",
    ),
]


@pytest.mark.parametrize(("rule", "name", "changes", "key", "reason"), CASES)
def test_a_mistake_is_told_where_it_stands(
    rule: object, name: str, changes: dict[str, Any], key: str, reason: str
) -> None:
    (problem,) = told(name, **changes)
    assert problem.key == key
    assert problem.reason.startswith(reason)
    assert problem.remedy.endswith(".")


def test_every_rule_has_a_case() -> None:
    assert {rule for rule, *_ in CASES} == {rule.check for rule in ALONE}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"tls": {"mode": "self-signed"}},
        {"tls": {"mode": "secret", "secretName": "www"}, "idleTimeoutSeconds": 600},
        {"tls": {"mode": "acm", "certificateArn": ARN}},
        {"replicas": {"min": 2, "max": 2}, "allowedCidrs": ["203.0.113.0/24", "198.51.100.7/32"]},
        {"replicas": {"min": 1, "max": 2}, "values": {"podDisruptionBudget": {"minAvailable": 1}}},
        {"values": {"podDisruptionBudget": {"minAvailable": 2}}},
        {"values": {"podDisruptionBudget": {"minAvailable": "66%"}}},
        {"values": {"podDisruptionBudget": {"maxUnavailable": 1}}},
        {"values": {"podDisruptionBudget": {"maxUnavailable": "1%"}}},
    ],
)
def test_a_right_gateway_is_left_alone(changes: dict[str, Any]) -> None:
    assert told(**changes) == []
