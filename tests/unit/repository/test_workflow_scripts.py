"""The workflows' own scripts: read by shellcheck, and run against a `gh`, a `pulumi` and so on that are played."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ops.diff import markdown
from tests.support.unit.workflows import NAMES, scripts, steps

BASH = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"]
STEPS = {step["name"]: step for name in NAMES for step in steps(name) if "name" in step and "run" in step}
COMMIT, OTHER = "a" * 40, "b" * 40
# Says what it was asked, and answers with the file that is named after the first words of it.
PLAYED = """#!/usr/bin/env python3
import os, pathlib, sys
here = pathlib.Path(__file__).parent
asked = " ".join([pathlib.Path(sys.argv[0]).name, *sys.argv[1:]])
with (here / "asked").open("a") as log:
    log.write(asked + "\\n")
for answer in sorted(here.glob("answer-*"), reverse=True):
    wanted, status, text = answer.read_text().split("\\n", 2)
    if wanted in asked:
        print(text)
        sys.exit(int(status))
"""
# As the scripts call it: -r, -rs, --arg, and a program.
JQ = """#!/usr/bin/env python3
import sys
import jq
given, arguments = sys.argv[1:], {}
while "--arg" in given:
    at = given.index("--arg")
    arguments[given[at + 1]] = given[at + 2]
    del given[at : at + 3]
[options, program] = given
for each in jq.compile(program, args=arguments).input_text(sys.stdin.read(), slurp="s" in options):
    print(each)
"""


class Runner:
    """A folder in which a step runs, as GitHub's shell runs it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.programs = folder / "programs"
        self.programs.mkdir()
        for name, text in {**dict.fromkeys(("gh", "pulumi", "python", "sudo"), PLAYED), "jq": JQ}.items():
            (self.programs / name).write_text(text.replace("/usr/bin/env python3", sys.executable))
            (self.programs / name).chmod(0o755)

    def answer(self, wanted: str, text: Any = "", status: int = 0) -> None:
        """What is said to a call that contains ``wanted``; later answers come first."""
        number = len(list(self.programs.glob("answer-*")))
        said = text if isinstance(text, str) else json.dumps(text)
        (self.programs / f"answer-{number}").write_text(f"{wanted}\n{status}\n{said}")

    def run(self, step: str, **env: str) -> subprocess.CompletedProcess[str]:
        script = STEPS[step]["run"].replace(".venv/bin/python", "python")
        around = {"PATH": f"{self.programs}:{os.environ['PATH']}", "GITHUB_STEP_SUMMARY": "summary.md"}
        return subprocess.run(
            [*BASH, script], cwd=self.folder, env={**around, **env}, capture_output=True, text=True, timeout=60
        )

    @property
    def asked(self) -> list[str]:
        log = self.programs / "asked"
        return log.read_text().splitlines() if log.exists() else []

    def text(self, name: str) -> str | None:
        path = self.folder / name
        return path.read_text() if path.exists() else None


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


SCRIPTS = [pytest.param(text, id=f"{name}-{at}") for name in NAMES for at, text in enumerate(scripts(name))]


def shellcheck(script: str) -> subprocess.CompletedProcess[str]:
    # GitHub puts a value in the place of an expression before any shell reads it.
    plain = re.sub(r"\$\{\{.*?\}\}", "value", script)
    call = [str(Path(sys.executable).with_name("shellcheck")), "--shell=bash", "--norc", "-"]
    return subprocess.run(call, input=plain, capture_output=True, text=True)


@pytest.mark.parametrize("script", SCRIPTS)
def test_shellcheck_finds_nothing(script: str) -> None:
    done = shellcheck(script)
    assert done.returncode == 0, done.stdout


def test_shellcheck_sees_what_is_wrong() -> None:
    assert "SC2086" in shellcheck('rm -r $1/"a"').stdout


COMMENT = "Create or update the comment"


def comment(runner: Runner, page: str, *, pulls: Any = None, comments: Any = ()) -> subprocess.CompletedProcess[str]:
    (runner.folder / "comment.md").write_text(page)
    runner.answer("/pulls", [{"number": 7, "head": {"sha": COMMIT}}] if pulls is None else pulls)
    runner.answer("/comments", list(comments))
    runner.answer("-X PATCH")
    runner.answer("-X POST")
    return runner.run(COMMENT, REPOSITORY="o/r", HEAD="o:b", SHA=COMMIT, MARKER=markdown.MARKER)


PAGE = f"{markdown.MARKER}\nwhat changes\n"


def written(by: str, number: int, body: str = PAGE) -> dict[str, Any]:
    return {"id": number, "body": body, "user": {"login": by}}


def test_a_first_comment_is_posted(runner: Runner) -> None:
    assert comment(runner, PAGE).returncode == 0
    assert runner.asked[-1] == "gh api -X POST repos/o/r/issues/7/comments -F body=@comment.md --silent"


def test_a_later_one_takes_its_place(runner: Runner) -> None:
    there = [written("somebody", 1), written("github-actions[bot]", 2, "hi"), written("github-actions[bot]", 3)]
    assert comment(runner, PAGE, comments=there).returncode == 0
    assert runner.asked[-1] == "gh api -X PATCH repos/o/r/issues/comments/3 -F body=@comment.md --silent"


@pytest.mark.parametrize(
    ("page", "pulls", "said"),
    [
        ("# hello\n", None, "::warning::no diff was made"),
        ("", None, "::warning::no diff was made"),
        (PAGE, [], "::notice::a newer commit is there already"),
        (PAGE, [{"number": 7, "head": {"sha": OTHER}}], "::notice::a newer commit is there already"),
    ],
)
def test_nothing_is_posted_without_a_page_or_for_another_commit(
    runner: Runner, page: str, pulls: Any, said: str
) -> None:
    done = comment(runner, page, pulls=pulls)
    assert (done.returncode, done.stdout.strip()) == (0, said)
    assert not [each for each in runner.asked if "-X P" in each]


def test_a_page_that_github_would_not_take_ends_it(runner: Runner) -> None:
    assert comment(runner, PAGE + "x" * 70_000).returncode == 1
    assert runner.asked == []


ISSUE = "Open, update or close the issue"


def issue(runner: Runner, *findings: str, there: str = "", checked: str = "true") -> list[str]:
    for number, text in enumerate(findings):
        folder = runner.folder / "findings" / f"finding-{number}"
        folder.mkdir(parents=True)
        (folder / "finding.md").write_text(text)
    runner.answer("issue list", there)
    done = runner.run(ISSUE, TITLE="t", RUN="https://run", CHECKED=checked)
    assert done.returncode == 0, done.stderr
    return runner.asked[1:]


def test_findings_open_one_issue(runner: Runner) -> None:
    assert issue(runner, "### a\n", "### b\n") == ["gh issue create --title t --body-file body.md"]
    assert runner.text("body.md") == "### a\n### b\n\nAs of https://run\n"


def test_findings_go_into_the_issue_that_is_open(runner: Runner) -> None:
    assert issue(runner, "### a\n", there="9") == ["gh issue edit 9 --body-file body.md"]


def test_without_findings_it_is_closed(runner: Runner) -> None:
    assert issue(runner, there="9") == ["gh issue close 9 --comment No findings are left: https://run"]


def test_without_findings_and_issue_nothing_is_written(runner: Runner) -> None:
    assert issue(runner) == []


def test_a_check_that_could_not_run_is_a_finding(runner: Runner) -> None:
    assert issue(runner, there="9", checked="false") == ["gh issue edit 9 --body-file body.md"]
    assert "### A check could not run" in (runner.text("body.md") or "")


@pytest.mark.parametrize(
    ("status", "heading"),
    [(0, None), (7, "### Drift of dev"), (1, "### dev could not be compared"), (255, "### dev could not be compared")],
)
def test_drift_is_told_from_a_comparison_that_failed(runner: Runner, status: int, heading: str | None) -> None:
    runner.answer("pulumi preview", "what it said", status)
    assert runner.run("Compare", STACK="dev").returncode == 0
    found = runner.text("finding.md")
    assert found == (f"{heading}\n```\nwhat it said\n```\n" if heading else None)


def test_certificates_that_are_due_stand_beside_the_drift(runner: Runner) -> None:
    runner.answer("pulumi preview", "changes", 7)
    runner.answer("ops certificates --stack dev", "due", 1)
    runner.run("Compare", STACK="dev")
    runner.run("Certificates", STACK="dev")
    found = runner.text("finding.md") or ""
    assert re.findall("^### .*", found, re.MULTILINE) == ["### Drift of dev", "### Certificates of dev"]


@pytest.mark.parametrize(("head", "code"), [(COMMIT, 0), (OTHER, 1)])
def test_a_commit_that_its_branch_has_left_behind_is_refused(runner: Runner, head: str, code: int) -> None:
    runner.answer("commits/main", head)
    about = {"GITHUB_REPOSITORY": "o/r", "GITHUB_REF_NAME": "main", "GITHUB_SHA": COMMIT}
    done = runner.run("Refuse an outdated commit", **about)
    assert done.returncode == code
    assert ("To roll back, revert the newer commits." in done.stdout) is bool(code)


@pytest.mark.parametrize(("again", "code"), [(0, 0), (2, 2)])
def test_what_failed_in_the_mesh_has_one_more_try(runner: Runner, again: int, code: int) -> None:
    runner.answer("make test-mesh", status=2)
    runner.answer("make test-mesh ARGS=--last-failed", status=again)
    assert runner.run("Mesh").returncode == code
    assert [each.partition("make ")[2] for each in runner.asked] == ["test-mesh", "test-mesh ARGS=--last-failed"]


@pytest.mark.parametrize(("status", "code"), [(0, 0), (3, 0), (4, 0), (1, 1), (2, 2)])
def test_a_diff_of_whatever_weight_is_shown(runner: Runner, status: int, code: int) -> None:
    runner.answer("ops diff --base HEAD^1 --head HEAD", PAGE, status)
    assert runner.run("What changes").returncode == code
    assert runner.text("comment.md") == runner.text("summary.md") == f"{PAGE}\n"
