"""What a preview warns of. Every warning has a case."""

import datetime
from typing import Any

import pytest

from components.stack import warnings as warning_module
from components.stack.placeholders import placeholders
from components.stack.warnings import WARNINGS, warnings
from tests.support.days import TODAY
from tests.support.unit.rule_case import DEPLOYER, settings

EXISTING = {"vpcId": "vpc-0a", "privateSubnetIds": ["subnet-0a", "subnet-0b"], "publicSubnetIds": ["subnet-0c"]}

# Warning, settings, the day, a phrase.
CASES: list[tuple[str, dict[str, Any], datetime.date, str]] = [
    ("placeholders_left", {"images": {"istio": "example.com/x"}}, TODAY, "which `up` refuses: images.istio."),
    ("creator_is_admin", {"cluster": {"deployer": None}}, TODAY, "Set cluster.deployer to that role"),
    ("creator_is_admin", {}, TODAY, f"{DEPLOYER} (cluster.deployer) becomes an administrator"),
    ("private_endpoint", {}, TODAY, "must run on a machine inside the VPC"),
    (
        "endpoint_open_to_everybody",
        {"cluster": {"endpoint": {"public": True, "publicCidrs": ["0.0.0.0/0"]}}},
        TODAY,
        "the Kubernetes API is reachable from every address",
    ),
    ("kubernetes_support", {}, datetime.date(2027, 5, 4), "leaves EKS standard support on 2027-08-02, in 90 days"),
    ("kubernetes_support", {}, datetime.date(2027, 8, 3), "left EKS standard support on 2027-08-02"),
    ("anonymous_docker_hub", {"mesh": {"size": "medium"}}, TODAY, "images.istio and images.bookinfo pull from Docker"),
    (
        "anonymous_docker_hub",
        {"mesh": {"size": "medium"}, "images": {"istio": "123456789012.dkr.ecr.us-west-2.amazonaws.com/hub/istio"}},
        TODAY,
        "images.bookinfo pull",
    ),
    ("single_nat", {"protect": True}, TODAY, "Use per-zone"),
    (
        "self_signed",
        {"gateways": {"public": {"tls": {"mode": "self-signed"}}}},
        TODAY,
        "no client trusts the certificate",
    ),
    ("plain_http", {}, TODAY, "gateways.public.tls.mode is none"),
    (
        "foreign_network",
        {"network": {"existing": EXISTING, "zones": None}},
        TODAY,
        "network.existing: vpc-0a: needs DNS",
    ),
]

QUIET: list[tuple[str, dict[str, Any]]] = [
    ("placeholders_left", {}),
    ("private_endpoint", {"cluster": {"endpoint": {"public": True, "publicCidrs": ["8.8.8.8/32"]}}}),
    ("endpoint_open_to_everybody", {"cluster": {"endpoint": {"public": True, "publicCidrs": ["8.8.8.8/32"]}}}),
    ("kubernetes_support", {}),
    ("anonymous_docker_hub", {}),
    ("single_nat", {"protect": True, "network": {"nat": "per-zone"}}),
    ("single_nat", {}),
    ("self_signed", {}),
    ("plain_http", {"gateways": {"public": {"scheme": "internal"}}}),
    ("foreign_network", {}),
]


def said(name: str, changes: dict[str, Any], today: datetime.date) -> list[str]:
    changed = settings(changes)
    context = warning_module.WarningContext(settings=changed, today=today, placeholders=placeholders(changed))
    return list(getattr(warning_module, name)(context))


@pytest.mark.parametrize(("name", "changes", "today", "phrase"), CASES)
def test_it_is_warned_of(name: str, changes: dict[str, Any], today: datetime.date, phrase: str) -> None:
    assert any(phrase in text for text in said(name, changes, today))
    whole = warnings(settings(changes), today, placeholders=placeholders(settings(changes)))
    assert any(phrase in text for text in whole)


@pytest.mark.parametrize(("name", "changes"), QUIET)
def test_without_cause_it_is_quiet(name: str, changes: dict[str, Any]) -> None:
    assert said(name, changes, TODAY) == []


def test_every_warning_has_a_case() -> None:
    assert {warning.__name__ for warning in WARNINGS} == {name for name, *_ in CASES}


def test_support_is_warned_of_ninety_days_before_its_end_and_not_sooner() -> None:
    assert said("kubernetes_support", {}, datetime.date(2027, 5, 3)) == []
