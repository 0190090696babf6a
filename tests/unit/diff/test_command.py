"""``python -m ops diff`` on repositories of its own: what it compares, tells by its status, and leaves alone."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from components.settings import clock
from ops.diff import as_json, command, evaluate, markdown
from ops.diff.changes import Comparison, Sides
from ops.diff.report import EXIT, Status
from tests.support.days import TODAY
from tests.support.stack_files import ROOT
from tests.support.unit.diff_repository import DEV, VPC, Real, Repository, asked, only, text
from tests.support.unit.diff_world import document, resource


def test_the_command_line_prints_and_tells_by_its_status(real: Real, tmp_path: Path) -> None:
    """Nothing is rendered here: values are shown, and why not more."""
    repository = real(tmp_path)
    repository.edit("istio-eks:mesh:", "istio-eks:mesh:\n    outbound: registry-only")
    done = ops(repository, "--base", "HEAD", "--format", "json")
    assert done.returncode == EXIT[Status.CHANGES], done.stderr
    found = json.loads(done.stdout)
    assert (found["version"], found["status"]) == (as_json.VERSION, "changes")
    (istiod,) = [each for each in found["stacks"][0]["releases"] if each["chart"] == "istiod"]
    reason = istiod["notRendered"]
    assert "this revision pins no Istio charts" in reason or "helm is not installed" in reason
    assert "values.meshConfig.outboundTrafficPolicy.mode" in {each["path"] for each in istiod["values"]}


def ops(repository: Repository, *arguments: str) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-m", "ops", "diff", *arguments, "--today", str(TODAY)]
    environment = {**evaluate.environment(), clock.REFUSED: "1"}
    return subprocess.run(call, cwd=repository.folder, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize("arguments", [(), ("--base", "nosuch"), ("--base", "HEAD", "--stack", "nosuch")])
def test_wrong_usage_ends_with_two(real: Real, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = ops(real(tmp_path), *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


def test_the_work_tree_is_compared_and_nothing_of_it_is_touched(small: Repository) -> None:
    small.write(text(a="2"))
    small.write("mine", "untracked")
    before = small.git("status", "--porcelain"), sorted(small.folder.rglob("*"))
    assert [each.name for each in only(small.compare("HEAD")).resources] == ["v"]
    assert (small.git("status", "--porcelain"), sorted(small.folder.rglob("*"))) == before
    assert len(small.git("worktree", "list").splitlines()) == 1


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, Status.CLEAN),
        ({"tags": {"a": "2"}}, Status.CHANGES),
        ({"cidrBlock": "10.0.0.0/16"}, Status.RISKS),
        (None, Status.FAILED),
    ],
)
def test_the_status_tells_clean_changes_and_risks(
    small: Repository, change: Any, status: Status, capsys: pytest.CaptureFixture[str]
) -> None:
    after = document(resource(VPC, "v", {"tags": {"a": "1"}, **(change or {})}))
    small.write("refused" if change is None else json.dumps(after))
    for style in ("json", "markdown"):
        assert command.run(small.folder, asked("HEAD"), style, 0) == EXIT[status]
        assert capsys.readouterr().out


def test_a_new_stack_and_a_removed_one(small: Repository) -> None:
    small.git("mv", DEV, "Pulumi.stage.yaml")
    report = small.compare("HEAD")
    sides = {each.stack: each.sides for each in report.stacks if isinstance(each, Comparison)}
    assert sides == {"dev": Sides.REMOVED, "stage": Sides.NEW}
    assert any("no stack in common" in each for each in report.notes)
    assert report.status is Status.RISKS
    page = markdown.report(report)
    assert "a new stack of 1 resources" in page
    assert "make destroy STACK=dev" in page


def test_stacks_may_be_chosen(small: Repository) -> None:
    small.write(text(a="1"), "Pulumi.other.yaml")
    assert [each.stack for each in small.compare("HEAD").stacks] == ["dev", "other"]
    assert [each.stack for each in small.compare("HEAD", None, "other").stacks] == ["other"]


def test_a_stack_that_neither_has_names_those_there_are(small: Repository) -> None:
    with pytest.raises(command.NoSuchStackError, match=r"Pulumi.nosuch.yaml. Available stacks: dev"):
        small.compare("HEAD", None, "dev", "nosuch")


def test_help_says_what_each_status_means() -> None:
    done = subprocess.run([sys.executable, "-m", "ops", "diff", "--help"], cwd=ROOT, capture_output=True, text=True)
    said = " ".join(done.stdout.split())
    for status in (
        "0 no changes",
        "3 changes",
        "4 changes with risks",
        "2 wrong usage",
    ):
        assert status in said, status
