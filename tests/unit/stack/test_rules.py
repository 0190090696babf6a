import pytest

from tests.support.unit.rule_case import Case, check


def tags(**keys: str) -> dict[str, object]:
    return {"tags": keys}


CASES = [
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
    Case(rule="stack.tag_keys", changes=tags(Name="x"), key="tags.Name", says="a Name of its own", write="Remove"),
    Case(rule="stack.tag_form", changes=tags(**{"k" * 129: "x"}), key=f"tags.{'k' * 129}", says="129 characters"),
    Case(rule="stack.tag_form", changes=tags(team="a,b"), key="tags.team", says="IAM refuses", write="letters, digits"),
    Case(
        rule="stack.tag_number",
        changes=tags(**{f"t{number}": "x" for number in range(40)}),
        default_tags={"more": "x"},
        key="tags",
        says="makes 41 tags",
        write="40 or fewer",
    ),
    Case(
        rule="stack.tag_case", changes=tags(team="x", Team="y"), key="tags.Team", says="by case alone", write="Keep one"
    ),
    Case(
        rule="stack.tag_defaults",
        changes=tags(team="x"),
        default_tags={"team": "x"},
        key="tags.team",
        says="stands in aws:defaultTags too",
        write="Remove one",
    ),
    Case(
        rule="stack.hub",
        changes={"images": {"istio": "https://docker.io/istio/"}},
        key="images.istio",
        says="not a registry with a path",
        write="docker.io/istio",
    ),
    Case(
        rule="overrides.retired_hubs",
        changes={"images": {"bookinfo": "gcr.io/istio-release"}},
        key="images.bookinfo",
        says="retired registry",
        write="docker.io/istio",
    ),
    Case(
        rule="overrides.values",
        changes={"mesh": {"values": {"istiod": {"sharding": {"strategy": "isolation"}}}}},
        key="mesh.values.istiod.sharding",
        says="never existed",
        write="Remove it",
    ),
    Case(
        rule="overrides.replaced_maps",
        changes={"mesh": {"values": {"istiod": {"cni": None}}}},
        key="mesh.values.istiod.cni",
        says="is null",
        write="Write a map",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_rule_tells_it(case: Case) -> None:
    check(case)
