"""The workflows: what they may do, what they run, and that both fit the rest of the repository."""

import re
from pathlib import Path

import pytest

from components.settings import versions
from ops.__main__ import cli
from ops.diff import markdown, report
from tests.support import stack_files
from tests.support.stack_files import ROOT
from tests.support.unit import unlock
from tests.support.unit.workflows import NAMES, PATHS, job, jobs, load, scripts, steps, triggers, written

# All that any job may do. Whoever adds a line here says why in the workflow.
PERMISSIONS: dict[tuple[str, str], dict[str, str]] = {
    ("pull-request", "test"): {"contents": "read"},
    ("pull-request", "mesh"): {"contents": "read"},
    ("pull-request", "diff"): {"contents": "read"},
    ("comment", "comment"): {"actions": "read", "pull-requests": "write"},
    ("cloud-preview", "preview"): {"contents": "read", "id-token": "write"},
    ("up", "up"): {"contents": "read", "id-token": "write"},
    ("main", "dev"): {"contents": "read", "id-token": "write"},
    ("main", "prod"): {"contents": "read", "id-token": "write"},
    ("schedule", "look"): {"contents": "read", "id-token": "write"},
    ("schedule", "issue"): {"issues": "write"},
}
# Started by somebody who may not push here: hosted runners, or ones that reach nothing.
OUTSIDERS = ("pull-request", "comment")
PINNED = re.compile(r"uses: (?P<action>[\w./-]+)@(?P<commit>[0-9a-f]{40}) # (?P<version>v\d+\.\d+\.\d+)$")


@pytest.mark.parametrize("name", NAMES)
def test_every_action_is_pinned_by_commit_with_its_version(name: str) -> None:
    lines = [line.strip().removeprefix("- ") for line in written(name).splitlines()]
    used = [line for line in lines if line.startswith("uses:") and not line.startswith("uses: ./")]
    assert [line for line in used if not PINNED.match(line)] == []


def test_one_action_has_one_pin() -> None:
    found: dict[str, set[tuple[str, str]]] = {}
    for path in PATHS:
        for line in path.read_text().splitlines():
            if match := PINNED.search(line):
                found.setdefault(match["action"], set()).add((match["commit"], match["version"]))
    assert {action: pins for action, pins in found.items() if len(pins) > 1} == {}
    assert "actions/checkout" in found


def test_every_job_says_all_it_may_do_and_the_rest_is_nothing() -> None:
    assert {which: job(which)["permissions"] for which in jobs()} == PERMISSIONS
    assert all(load(name)["permissions"] == {} for name in NAMES)


def test_a_pull_request_meets_no_credentials() -> None:
    text = written("pull-request")
    assert not re.search(r"secrets\.|id-token|environment:|github\.token|GITHUB_TOKEN|AWS_|BACKEND", text)
    assert list(triggers(load("pull-request"))) == ["pull_request"]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_runs_a_pull_requests_code_with_mains_rights(name: str) -> None:
    on = triggers(load(name))
    assert "pull_request_target" not in on
    if "workflow_run" in on:
        assert not [step for step in steps(name) if "checkout" in step.get("uses", "")]


@pytest.mark.parametrize("name", NAMES)
def test_no_long_lived_credentials_and_none_left_in_the_checkout(name: str) -> None:
    assert "secrets." not in written(name)
    for step in steps(name):
        if "actions/checkout" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("which", jobs(), ids="/".join)
def test_who_signs_in_was_approved_or_runs_main_alone(which: tuple[str, str]) -> None:
    """A reusable workflow carries the environment for its callers."""
    found = job(which)
    if found["permissions"].get("id-token") != "write" or "uses" in found:
        return
    on = triggers(load(which[0]))
    assert "environment" in found or set(on) <= {"schedule", "workflow_dispatch"}


@pytest.mark.parametrize("which", [each for each in jobs() if "uses" not in job(each)], ids="/".join)
def test_the_runner_is_a_repository_variable(which: tuple[str, str]) -> None:
    variable = "PULL_REQUEST_RUNNER" if which[0] in OUTSIDERS else "RUNNER"
    assert job(which)["runs-on"] == f"${{{{ vars.{variable} || 'ubuntu-24.04' }}}}"
    assert 0 < job(which)["timeout-minutes"] <= 360


@pytest.mark.parametrize("name", NAMES)
def test_no_script_is_put_together_from_what_others_write(name: str) -> None:
    """A branch may be called $(anything): it reaches a script through its environment."""
    inside = [found for script in scripts(name) for found in re.findall(r"\$\{\{(.*?)\}\}", script)]
    assert [each for each in inside if not each.strip().startswith("matrix.")] == []


def test_an_up_is_never_cancelled_and_never_beside_another_of_its_stack() -> None:
    assert job(("up", "up"))["concurrency"] == {"group": "up-${{ inputs.stack }}", "cancel-in-progress": False}
    assert "concurrency" not in load("main")


@pytest.mark.parametrize("name", NAMES)
def test_only_what_signs_in_nowhere_is_cancelled(name: str) -> None:
    if load(name).get("concurrency", {}).get("cancel-in-progress"):
        assert not [which for which in jobs() if which[0] == name and "id-token" in job(which)["permissions"]]


def test_prod_comes_after_dev_and_both_have_an_environment() -> None:
    assert job(("main", "prod"))["needs"] == "dev"
    assert job(("up", "up"))["environment"] == "${{ inputs.stack }}"


def test_prod_takes_no_commit_that_main_has_left_behind() -> None:
    assert job(("main", "prod"))["with"]["newest"] is True
    first = next(steps("up"))
    assert (first["id"], first["if"]) == ("newest", "inputs.newest")


def test_a_killed_up_says_how_to_go_on() -> None:
    *_, last = steps("up")
    # A commit that was refused killed nothing.
    assert last["if"] == "(failure() || cancelled()) && steps.newest.outcome != 'failure'"
    assert unlock.ANCHOR in last["run"]


def test_workflows_that_name_stacks_name_those_there_are() -> None:
    there = stack_files.tracked()
    assert sorted(load("main")["jobs"]) == there
    assert triggers(load("cloud-preview"))["workflow_dispatch"]["inputs"]["stack"]["options"] == there
    assert job(("schedule", "look"))["strategy"]["matrix"]["stack"] == there


def test_the_tiers_and_targets_are_those_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    asked = {each for name in NAMES for text in scripts(name) for each in re.findall(r"\bmake ([a-z][a-z-]*)", text)}
    tiers = set(job(("pull-request", "test"))["strategy"]["matrix"]["tier"])
    tests = {each for each in targets if each.startswith("test")}
    assert asked | tiers <= targets
    # One that is all others together is for people.
    assert (asked | tiers) & tests == tests - {"test-real"}


def test_commands_are_those_there_are() -> None:
    names = {str(each.name or getattr(each.callback, "__name__", "")) for each in cli.registered_commands}
    asked = {each for name in NAMES for text in scripts(name) for each in re.findall(r"-m ops ([a-z]+)", text)}
    assert asked == {"diff", "certificates"}
    assert asked <= names


def test_the_diff_compares_the_merge_with_what_main_is() -> None:
    (checkout,) = [step for step in job(("pull-request", "diff"))["steps"] if "checkout" in step.get("uses", "")]
    assert checkout["with"]["fetch-depth"] == 2
    assert "ref" not in checkout["with"]
    (script,) = [text for text in scripts("pull-request") if "ops diff" in text]
    assert "--base HEAD^1 --head HEAD " in script
    kept = {int(each) for each in re.findall(r"\d+", script.split("case $status in")[1].split(")")[0])}
    assert kept == {code for status, code in report.EXIT.items() if status is not report.Status.FAILED}


def test_the_comment_is_found_by_what_the_page_begins_with() -> None:
    (script,) = [step for step in steps("comment") if "run" in step]
    assert script["env"]["MARKER"] == markdown.MARKER
    assert triggers(load("comment"))["workflow_run"]["workflows"] == [load("pull-request")["name"]]
    (upload,) = [step for step in steps("pull-request") if "upload-artifact" in step.get("uses", "")]
    (download,) = [step for step in steps("comment") if "download-artifact" in step.get("uses", "")]
    assert upload["with"]["name"] == download["with"]["name"]


def test_pulumi_is_the_version_that_the_program_asks_for() -> None:
    found = {
        step["with"]["pulumi-version"] for name in NAMES for step in steps(name) if "pulumi/" in step.get("uses", "")
    }
    assert found == {versions.PULUMI_CLI.removeprefix(">=")}


def test_every_workflow_is_in_the_docs() -> None:
    text = (ROOT / "docs" / "pipelines.md").read_text()
    assert [path.name for path in PATHS if path.name not in text] == []
    used = {each for path in PATHS for each in re.findall(r"vars\.([A-Z_]+)", path.read_text())}
    assert [each for each in sorted(used) if f"`{each}`" not in text] == []


def test_paths_that_workflows_name_are_there() -> None:
    for name in NAMES:
        for step in steps(name):
            file = step.get("with", {}).get("go-version-file")
            assert file is None or Path(ROOT / file).is_file()
