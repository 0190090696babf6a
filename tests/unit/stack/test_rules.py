"""Rules about the whole stack: its name, region, tags and images, and what is listed twice."""

import pytest

from components.stack.rules import RULES, problems
from tests.support.unit.rule_case import ADMIN, Case, check, context


def tags(**keys: str) -> dict[str, object]:
    return {"tags": keys}


CASES = [
    Case(
        rule="stack.duplicates",
        changes={"cluster": {"admins": [ADMIN, ADMIN]}},
        key="cluster.admins[1]",
        says="listed twice",
        write="Keep one",
    ),
    Case(
        rule="stack.duplicates",
        changes={"network": {"zones": ["us-west-2a", "us-west-2a"]}},
        key="network.zones[1]",
        says="listed twice",
    ),
    Case(
        rule="stack.stack",
        stack="dev.eu",
        key="the stack's name",
        says="does not form a valid cluster name",
        write="pulumi stack rename",
    ),
    Case(rule="stack.stack", stack="x" * 91, key="the stack's name", says="at most 100"),
    Case(rule="stack.region", region="us-west-2a", key="aws:region", says="not an AWS region", write="us-west-2"),
    Case(
        rule="stack.region",
        region="cn-north-1",
        key="aws:region",
        says="ARNs and endpoint names only for the partitions aws and aws-us-gov",
        write="us-west-2",
    ),
    *(
        Case(rule="stack.region", region=region, key="aws:region", says="only for the partitions aws and aws-us-gov")
        for region in ("cn-northwest-1", "us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1", "eusc-de-east-1")
    ),
    Case(
        rule="stack.tag_keys",
        changes=tags(**{"aws:team": "x"}),
        key='tags["aws:team"]',
        says="is reserved",
        write="Rename",
    ),
    Case(
        rule="stack.tag_keys",
        changes=tags(**{"kubernetes.io/cluster/x": "owned"}),
        key='tags["kubernetes.io/cluster/x"]',
        says="a controller reads it",
    ),
    Case(rule="stack.tag_keys", changes=tags(Name="x"), key="tags.Name", says="its own Name", write="Remove"),
    Case(rule="stack.tag_form", changes=tags(**{"k" * 129: "x"}), key=f"tags.{'k' * 129}", says="129 characters"),
    Case(rule="stack.tag_form", changes=tags(team="a,b"), key="tags.team", says="IAM rejects", write="letters, digits"),
    Case(
        rule="stack.tag_number",
        changes=tags(**{f"t{number}": "x" for number in range(40)}),
        default_tags={"more": "x"},
        key="tags",
        says="adds up to 41 tags",
        write="40 or fewer",
    ),
    Case(
        rule="stack.tag_case", changes=tags(team="x", Team="y"), key="tags.Team", says="only in case", write="Keep one"
    ),
    Case(
        rule="stack.tag_defaults",
        changes=tags(team="x"),
        default_tags={"team": "x"},
        key="tags.team",
        says="also set in aws:defaultTags",
        write="Remove one",
    ),
    Case(
        rule="stack.hub",
        changes={"images": {"istio": "https://docker.io/istio/"}},
        key="images.istio",
        says="not a registry with a path",
        write="docker.io/istio",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_rule_tells_it(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("region", ["us-gov-west-1", "us-gov-east-1", "ap-southeast-4"])
def test_regions_of_aws_and_of_the_us_government_are_allowed(region: str) -> None:
    assert list(RULES["stack.region"].check(context(region=region))) == []


@pytest.mark.parametrize("region", ['["us-west-2"]', "cn-north-1"])
def test_a_wrong_region_is_told_once(region: str) -> None:
    assert [problem.key for problem in problems(context(region=region))] == ["aws:region"]
