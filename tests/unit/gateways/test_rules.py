"""Rules about gateways: about each alone, and about whose hosts are whose."""

from typing import Any

import pytest

from components.gateways import rules
from components.settings import registry
from components.settings.problems import Problem
from components.settings.registry import Context
from components.stack.rules import problems
from tests.support.unit.rule_case import Case, check, context

CERTIFICATE = "arn:aws:acm:us-west-2:123456789012:certificate/0a"
# Rules about each gateway alone.
ALONE = [rule for rule in registry.RULES.values() if rule.check.__module__ == rules.__name__]


def public(**keys: object) -> dict[str, object]:
    return {"gateways": {"public": keys}}


def medium(**keys: object) -> dict[str, object]:
    """In a mesh in which a gateway has three pods."""
    return {**public(**keys), "mesh": {"size": "medium"}}


def beside(**gateways: list[str]) -> dict[str, object]:
    return {"gateways": {"public": None, **{name: {"hosts": hosts} for name, hosts in gateways.items()}}}


OF_ONE = [
    Case(
        rule="gateways.name_length",
        changes=beside(**{"public-website": ["shop/*"]}),
        key="gateways.public-website",
        says="has a name of 14 characters: AWS allows 32 for the name of a target group, and this stack adds 20.",
    ),
    Case(
        rule="gateways.name_length",
        changes=beside(**{"a" * 40: ["shop/*"]}),
        key=f"gateways.{'a' * 40}",
        says="has a name of 40 characters",
    ),
    Case(rule="gateways.hosts", changes=public(hosts=[]), key="gateways.public.hosts", says="is empty"),
    Case(
        rule="gateways.hosts",
        changes=public(hosts=["shop/www.example.org"] * 2),
        key="gateways.public.hosts",
        says="is listed twice.",
    ),
    Case(
        rule="gateways.idle_timeout",
        changes=public(tls={"mode": "acm", "certificateArn": CERTIFICATE}, idleTimeoutSeconds=600),
        key="gateways.public.idleTimeoutSeconds",
        says="is not supported with tls.mode acm: AWS fixes the idle timeout of TLS listeners at 350 s.",
        write="Use 350",
    ),
    Case(
        rule="gateways.tls_fields",
        changes=public(tls={"mode": "secret"}),
        key="gateways.public.tls.secretName",
        says="is missing: tls.mode secret takes its certificate from it.",
    ),
    Case(
        rule="gateways.tls_fields",
        changes=public(tls={"mode": "acm"}),
        key="gateways.public.tls.certificateArn",
        says="is missing: tls.mode acm takes its certificate from it.",
    ),
    Case(
        rule="gateways.tls_fields",
        changes=public(tls={"mode": "self-signed", "secretName": "www"}),
        key="gateways.public.tls.secretName",
        says="requires tls.mode secret; it has no effect in mode self-signed.",
    ),
    Case(
        rule="gateways.tls_fields",
        changes=public(tls={"certificateArn": CERTIFICATE}),
        key="gateways.public.tls.certificateArn",
        says="requires tls.mode acm; it has no effect in mode none.",
    ),
    Case(
        rule="gateways.replica_range",
        changes=public(replicas={"min": 4, "max": 3}),
        key="gateways.public.replicas",
        says="has a min above max",
    ),
    *(
        Case(
            rule="gateways.allowed_ranges",
            changes=public(allowedCidrs=ranges),
            key="gateways.public.allowedCidrs",
            says=says,
        )
        for ranges, says in (
            (["300.0.0.0/8"], "is not an IPv4 range."),
            (["203.0.113.7/24"], "does not start at the first address of its range"),
            (["10.0.0.1/8"], "does not start at the first address of its range"),
            (["203.0.113.0/24", "203.0.113.0/24"], "is listed twice: AWS rejects a duplicate security-group rule."),
        )
    ),
    Case(
        rule="gateways.allowed_ranges",
        changes=public(allowedCidrs=[f"10.0.{i}.0/24" for i in range(31)], tls={"mode": "self-signed"}),
        key="gateways.public.allowedCidrs",
        says="lists too many ranges: each needs 2 rules, and a security group holds 60.",
    ),
]
EXISTING = {"vpcId": "vpc-0a", "privateSubnetIds": ["subnet-0a", "subnet-0b"]}

CASES = [
    *OF_ONE,
    Case(
        rule="gateways.host_claimed_twice",
        changes=beside(public=["bookinfo/www.example.org"], internal=["bookinfo/www.example.org"]),
        key="gateways.internal.hosts[0]",
        says="claims a host that gateways.public.hosts[0] already claims",
        write="at one gateway and in one namespace",
    ),
    Case(
        rule="gateways.host_claimed_twice",
        changes=beside(public=["bookinfo/www.example.org", "shop/www.example.org"]),
        key="gateways.public.hosts[1]",
        says="claims a host",
    ),
    Case(
        rule="gateways.host_overlap",
        changes=beside(public=["bookinfo/*", "shop/www.example.org"]),
        key="gateways.public.hosts[1]",
        says="overlaps gateways.public.hosts[0] (bookinfo/*), which belongs to another namespace",
        write="its own hosts",
    ),
    Case(
        rule="gateways.host_overlap",
        changes=beside(public=["bookinfo/a.example.org"], internal=["shop/*.example.org"]),
        key="gateways.internal.hosts[0]",
        says="belongs to another namespace",
    ),
    Case(
        rule="gateways.certificate_region",
        changes=public(tls={"mode": "acm", "certificateArn": CERTIFICATE.replace("us-west-2", "us-east-1")}),
        key="gateways.public.tls.certificateArn",
        says="in another region",
        write="us-west-2",
    ),
    Case(
        rule="gateways.public_subnets",
        changes={"network": {"existing": EXISTING, "zones": None}},
        key="gateways.public.scheme",
        says="requires public subnets",
        write="set scheme to internal",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_rule_tells_it(case: Case) -> None:
    check(case)


def told(asked: Context) -> list[Problem]:
    """What the rules about each gateway alone say."""
    return [problem for rule in ALONE for problem in rule.check(asked)]


@pytest.mark.parametrize("case", OF_ONE, ids=str)
def test_a_mistake_in_one_gateway_is_told_once_where_it_stands(case: Case) -> None:
    (problem,) = told(case.context)
    assert problem.key == case.key
    assert problem.reason.startswith(case.says)
    assert problem.remedy.endswith(".")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"tls": {"mode": "self-signed"}},
        {"tls": {"mode": "secret", "secretName": "www"}, "idleTimeoutSeconds": 600},
        {"tls": {"mode": "acm", "certificateArn": CERTIFICATE}},
        {"replicas": {"min": 2, "max": 2}, "allowedCidrs": ["203.0.113.0/24", "198.51.100.7/32"]},
    ],
)
def test_a_right_gateway_is_left_alone(changes: dict[str, Any]) -> None:
    assert told(context(medium(**changes))) == []


@pytest.mark.parametrize(
    "changes",
    [
        beside(public=["bookinfo/*.example.org", "bookinfo/a.example.org"]),
        beside(public=["bookinfo/*"], internal=["shop/www.example.org"]),
        beside(public=["bookinfo/a.example.org", "shop/b.example.org"]),
        beside(public=["bookinfo/*.example.org"], internal=["shop/example.org"]),
    ],
)
def test_hosts_of_different_owners_stand_side_by_side(changes: dict[str, object]) -> None:
    found = problems(context({**changes, "bookinfo": {"enabled": False}}))
    assert [problem for problem in found if "hosts" in problem.key] == []


def test_a_certificate_says_nothing_of_a_region_that_is_none() -> None:
    tls = {"mode": "acm", "certificateArn": CERTIFICATE}
    assert [problem.key for problem in problems(context(public(tls=tls), "us-west"))] == ["aws:region"]
