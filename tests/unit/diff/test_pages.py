"""What ``ops diff`` prints: nothing foreign becomes markup, nothing is cut in the middle, the JSON keeps its shape."""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops.diff import as_json, figures, markdown, page
from ops.diff.changes import Comparison, Failed
from ops.diff.report import EXIT, Report, Side, Status
from tests.support.unit import diff_world as world
from tests.support.unit.diff_risks.cases import RISKY
from tests.support.unit.diff_world import resource

VPC = "aws:ec2/vpc:Vpc"
NASTY = "</details> ```` @team <b>x</b> | `a` [l](http://x)\n# h"
FAILED = Failed(stack="dev", side="base", reason="network.natt: no such key", settings=("-a", "+b"))


def report(*stacks: Comparison | Failed) -> Report:
    sides = Side(name="main", commit="0" * 40), Side(name="the work tree", commit=None)
    return Report(base=sides[0], head=sides[1], stacks=stacks, notes=("a note",), again="python -m ops diff --limit 0")


def tagged(value: str, count: int = 1) -> Comparison:
    befores = [resource(VPC, f"v{each}", {"tags": {"a": "1"}}) for each in range(count)]
    return world.changed(befores, [{**each, "inputs": {"tags": {"a": value}}} for each in befores])


CLEAN, CHANGED = world.changed([], []), tagged("2")
RISKS = RISKY["state-is-lost"][0].comparison()


@pytest.mark.parametrize(
    ("stacks", "status", "code"),
    [
        ((), Status.CLEAN, 0),
        ((CLEAN,), Status.CLEAN, 0),
        ((CLEAN, CHANGED), Status.CHANGES, 3),
        ((CHANGED, RISKS), Status.RISKS, 4),
        ((RISKS, FAILED, CLEAN), Status.FAILED, 1),
    ],
)
def test_the_worst_stack_gives_the_status(stacks: tuple[Comparison | Failed, ...], status: Status, code: int) -> None:
    found = report(*stacks)
    assert (found.status, EXIT[found.status]) == (status, code)
    assert as_json.report(found)["status"] == status.value


def test_no_status_is_that_of_wrong_usage() -> None:
    assert sorted(EXIT.values()) == [0, 1, 3, 4]


def test_risks_come_before_all_else() -> None:
    said = markdown.report(report(CHANGED, RISKS))
    assert said.startswith(markdown.MARKER)
    assert said.index("### Risks in") < said.index("<details")
    assert "## 1 risk in 2 of 2 stacks" in said


def test_a_clean_report_is_short_and_says_so() -> None:
    said = markdown.report(report(CLEAN))
    assert "## No changes\n" in said
    assert "<details" not in said


def test_a_stack_that_failed_shows_why_and_what_its_settings_became() -> None:
    said = markdown.report(report(FAILED))
    assert "the base cannot be planned" in said
    assert "network.natt: no such key" in said
    assert "\n-a\n+b\n" in said


def test_foreign_text_is_no_markup() -> None:
    said = markdown.report(report(tagged(NASTY)))
    assert said.count("</details>\n") == said.count("<details>")
    outside = re.sub(r"(`+).*?\1", "", said)
    assert "@team" not in outside
    assert "<b>x" not in outside


@given(st.text(min_size=1))
@settings(max_examples=50)
def test_code_shows_any_text_in_one_line(given_: str) -> None:
    said = page.code(given_)
    assert "\n" not in said
    fence = re.match(r"`+", said)
    assert fence
    assert said.endswith(fence[0])
    assert fence[0] not in said[len(fence[0]) : -len(fence[0])]


@given(st.lists(st.text(alphabet="`ab \n-+", max_size=8), min_size=1, max_size=8))
@settings(max_examples=50)
def test_no_line_ends_its_fence(lines: list[str]) -> None:
    said = page.Shortener(None).fenced(lines)
    fence = re.match(r"`+", said[0])
    assert fence
    assert said[-1] == fence[0]
    assert not any(fence[0] in each for each in said[1:-1])


@pytest.mark.parametrize("limit", [markdown.COMMENT, 20_000, 3_000, 1_000])
def test_a_page_keeps_any_limit_and_says_that_it_is_shortened(limit: int) -> None:
    said = markdown.report(report(*(tagged("x" * 500, 300) for _ in range(4)), RISKS), limit)
    assert len(said.encode()) <= limit
    assert "python -m ops diff --limit 0" in said
    assert said.count("<details") == said.count("</details>\n")
    assert said.count("\n```") % 2 == 0


def test_a_page_that_cannot_be_short_enough_ends_at_a_line_and_says_so() -> None:
    said = markdown.report(report(*(RISKS for _ in range(300))), 2_000)
    assert 1_000 < len(said.encode()) <= 2_000
    assert said.endswith("\n\nThe rest is omitted. Print all of it: `python -m ops diff --limit 0`\n")
    assert "<details" not in said


def test_no_limit_leaves_nothing_out() -> None:
    said = markdown.report(report(tagged("x", 3000)), 0)
    assert "Shortened" not in said
    assert said.count("**changed** ") == 3000


def test_prose_keeps_plain_code_and_no_other_markup() -> None:
    assert page.text(
        "`up` refuses *that*, @team: `<b>`"
    ) == r"`up` refuses \*that\*, @\u200bteam: \`&lt;b&gt;\`".replace(r"\u200b", "\u200b")


def test_long_values_show_where_they_begin_to_differ() -> None:
    before, after = (f"{'a' * 300}{end}" for end in ("old", "new"))
    said = page.values(before, after)
    assert "old" in said
    assert "new" in said
    assert len(said) < 300


SHAPE: dict[str, Any] = {
    "stack": str,
    "sides": str,
    "status": str,
    "failed": (dict, type(None)),
    "settings": list,
    "risks": list,
    "resources": list,
    "outputs": list,
    "releases": list,
    "figures": list,
    "warnings": list,
    "notes": list,
}


@pytest.mark.parametrize("stack", [CLEAN, CHANGED, RISKS, FAILED], ids=["clean", "changes", "risks", "failed"])
def test_every_stack_has_every_key_of_the_json(stack: Comparison | Failed) -> None:
    found = json.loads(json.dumps(as_json.report(report(stack))))
    assert list(found) == ["version", "status", "base", "head", "notes", "stacks"]
    (only,) = found["stacks"]
    assert list(only) == list(SHAPE)
    assert all(isinstance(only[key], SHAPE[key]) for key in SHAPE)


def test_the_json_of_a_change() -> None:
    found = as_json.report(report(CHANGED))["stacks"][0]["resources"]
    assert found == [
        {
            "kind": "changed",
            "urn": "urn:pulumi:dev::istio-eks::aws:ec2/vpc:Vpc::v0",
            "formerUrn": None,
            "type": VPC,
            "name": "v0",
            "component": "",
            "replacement": "no",
            "follows": [],
            "properties": [{"path": "tags.a", "before": "1", "after": "2", "replaces": False}],
        }
    ]


def test_figures_that_differ_stand_side_by_side() -> None:
    def numbers(month: float, cidr: str) -> dict[str, Any]:
        line = {"what": "NAT gateways", "least": 1, "most": 1, "month": month}
        return {
            "cost": {"least": month, "most": month, "notPriced": [], "lines": [line]},
            "nodes": [],
            "addresses": {"vpc": cidr, "subnets": []},
            "certificates": {"phase": "stable", "generations": []},
        }

    found = figures.figures(numbers(33, "10.0.0.0/16"), numbers(99, "10.0.0.0/18"))
    assert [(each.section, each.what, each.before, each.after) for each in found] == [
        ("cost", figures.MONTH, "$33", "$99"),
        ("cost", "NAT gateways", "1, $33", "1, $99"),
        ("addresses", "VPC", "10.0.0.0/16", "10.0.0.0/18"),
    ]
    assert {each.before for each in figures.figures(None, numbers(33, "10.0.0.0/16"))} == {None}
