"""What only the owner of an account can know is found wherever it stands."""

from typing import Any

import pytest

from components.stack.placeholders import placeholders
from tests.support.unit.rule_case import settings

ROLE = "arn:aws:iam::111122223333:role/team"
CASES: list[tuple[dict[str, Any], str, str]] = [
    ({"cluster": {"deployer": ROLE}}, "cluster.deployer", "the number of your account"),
    ({"namespaces": [{"name": "shop", "editors": [ROLE]}]}, "namespaces[0].editors[0]", "the number of your account"),
    (
        {"images": {"istio": "111122223333.dkr.ecr.us-west-2.amazonaws.com/docker-hub/istio"}},
        "images.istio",
        "the number of your account",
    ),
    ({"gateways": {"public": {"hosts": ["shop/www.example.com"]}}}, "gateways.public.hosts[0]", "your domain"),
    ({"gateways": {"public": {"hosts": ["shop/*.example.com"]}}}, "gateways.public.hosts[0]", "your domain"),
    ({"gateways": {"public": {"allowedCidrs": ["192.0.2.0/25"]}}}, "gateways.public.allowedCidrs[0]", "the range"),
    (
        {"cluster": {"endpoint": {"public": True, "publicCidrs": ["203.0.113.7/32"]}}},
        "cluster.endpoint.publicCidrs[0]",
        "the range",
    ),
    ({"tags": {"owner": "team@example.org"}}, "tags.owner", "your domain"),
    (
        {"mesh": {"values": {"istiod": {"meshConfig": {"a": ["x.example.net:443"]}}}}},
        "mesh.values.istiod.meshConfig.a[0]",
        "your domain",
    ),
]


@pytest.mark.parametrize(("changes", "key", "write"), CASES)
def test_a_placeholder_is_named_with_what_to_write(changes: dict[str, Any], key: str, write: str) -> None:
    (problem,) = placeholders(settings(changes))
    assert problem.key == key
    assert "is a placeholder" in problem.reason
    assert write in problem.remedy


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"gateways": {"public": {"hosts": ["shop/www.example.company"]}}},
        {"gateways": {"public": {"hosts": ["shop/myexample.com"]}}},
        {"gateways": {"public": {"allowedCidrs": ["0.0.0.0/0"]}}},
    ],
)
def test_real_values_are_none(changes: dict[str, Any]) -> None:
    assert placeholders(settings(changes)) == []


def test_the_allowed_account_is_looked_at_too() -> None:
    (problem,) = placeholders(settings(), ["111122223333"])
    assert problem.key == "aws:allowedAccountIds[0]"
    assert placeholders(settings(), ["123456789012"]) == []
