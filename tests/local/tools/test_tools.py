"""Pinned tools: how far from what is deployed, when they are built, what is said when they cannot be."""

import re
import shutil
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest

from components.settings import versions
from local.tools import command, go, tools
from local.tools import pinned as pinned_tools
from tests.support import needs
from tests.support.stack_files import ROOT
from tests.support.unit.recorded import Stack

EVERY = pytest.mark.parametrize("tool", pinned_tools.TOOLS.values(), ids=pinned_tools.TOOLS)
# Minor versions of the Kubernetes provider for which nobody has looked up the Helm inside.
UNSEEN_MINORS = 2


def numbers(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]


# How far apart


def test_helm_is_of_the_minor_version_inside_the_provider() -> None:
    assert numbers(pinned_tools.TOOLS["helm"].version)[:2] == numbers(tools.PROVIDER_HELM)[:2]


def test_the_helm_inside_the_provider_was_looked_up_for_about_this_provider() -> None:
    major, minor, *_ = numbers(metadata.version("pulumi-kubernetes"))
    seen_major, seen_minor = numbers(tools.PROVIDER_HELM_SEEN_IN)
    assert (major, True) == (seen_major, minor - seen_minor <= UNSEEN_MINORS), (
        "Look up helm.sh/helm/v3 in provider/go.mod of this pulumi-kubernetes, and write it into local/tools/tools.py."
    )


def test_the_pulumi_cli_is_one_that_the_program_accepts() -> None:
    operator, least = versions.PULUMI_CLI[:2], versions.PULUMI_CLI[2:]
    assert operator == ">="
    proven = numbers(pinned_tools.TOOLS["pulumi"].version)
    assert proven >= numbers(least)
    # The SDK speaks to an older engine of the same major version; the other way round nothing is promised.
    assert (proven[0], True) == (numbers(metadata.version("pulumi"))[0], proven <= numbers(metadata.version("pulumi")))


def test_the_engine_and_its_sdk_are_of_one_version() -> None:
    assert pinned_tools.pinned("pulumi", "github.com/pulumi/pulumi/sdk/v3") == pinned_tools.TOOLS["pulumi"].version


def test_there_is_a_chart_for_every_release_but_the_controllers(stack: Stack) -> None:
    asked = {each.inputs["chart"] for each in stack.of_type("kubernetes:helm.sh/v3:Release")}
    assert asked - set(tools.CHARTS) == {"aws-load-balancer-controller"}


# What is pinned


@EVERY
def test_a_tool_is_pinned_with_hashes(tool: pinned_tools.Tool) -> None:
    assert re.search(rf"^(tool )?\s*{re.escape(tool.package)}$", (tool.source / "go.mod").read_text(), re.MULTILINE)
    assert f"{tool.module} {tool.version} h1:" in (tool.source / "go.sum").read_text()


def test_the_charts_are_pinned_with_hashes() -> None:
    sums = (pinned_tools.SOURCES / "istio" / "go.sum").read_text()
    assert f"{tools.ISTIO} {pinned_tools.pinned('istio', tools.ISTIO)} h1:" in sums


def test_there_is_no_go_source_of_ours() -> None:
    assert {path.name for path in pinned_tools.SOURCES.rglob("*") if path.is_file()} == {"go.mod", "go.sum"}


def test_binaries_are_not_committed() -> None:
    assert ".tools/" in (ROOT / ".gitignore").read_text().split()


# When they are built


@pytest.fixture
def without_go(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without Go, on which nothing is built yet."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(tools, "BIN", tmp_path / "bin")


def built(name: str) -> None:
    """As a build leaves it."""
    tools.BIN.mkdir()
    tools.path(name).touch()
    (tools.BIN / f".{name}.stamp").write_text(pinned_tools.TOOLS[name].stamp)


@EVERY
@pytest.mark.usefixtures("without_go")
def test_without_go_the_message_says_what_is_needed(tool: pinned_tools.Tool) -> None:
    with pytest.raises(
        go.GoMissingError, match=rf"Go 1\.[\d.]+ or newer is needed to build {tool.folder}.*no `go` on the PATH"
    ):
        tools.build(tool.name)


@EVERY
@pytest.mark.usefixtures("without_go")
def test_what_is_up_to_date_needs_no_go(tool: pinned_tools.Tool) -> None:
    built(tool.name)
    assert tools.build(tool.name) == tools.path(tool.name)


@pytest.mark.parametrize(
    "change",
    [
        lambda: (pinned_tools.SOURCES / "helm" / "go.sum").open("a").write("\n"),
        lambda: (pinned_tools.SOURCES / "helm" / "go.mod").open("a").write("\n"),
        lambda: tools.path("helm").unlink(),
    ],
    ids=["go.sum", "go.mod", "binary"],
)
@pytest.mark.usefixtures("without_go")
def test_any_change_asks_for_another_build(
    change: Callable[[], object], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(pinned_tools, "SOURCES", shutil.copytree(pinned_tools.SOURCES, tmp_path / "tools"))
    built("helm")
    change()
    with pytest.raises(go.GoMissingError):
        tools.build("helm")


def test_flags_are_part_of_the_stamp() -> None:
    tool = pinned_tools.TOOLS["pulumi"]
    other = pinned_tools.Tool(name=tool.name, folder=tool.folder, module=tool.module, package=tool.package)
    assert other.stamp != tool.stamp


# The command, and the tests that need it


@pytest.mark.usefixtures("without_go")
def test_the_command_fails_with_the_message(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["helm"]) == 1
    assert "Go 1." in capsys.readouterr().err


def test_an_unknown_tool_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        command.main(["hlem"])
    assert stopped.value.code == 2
    assert "no such tool: hlem; there are helm, pulumi" in capsys.readouterr().err


@EVERY
@pytest.mark.usefixtures("without_go")
def test_where_a_tool_will_lie_is_told_before_it_is_built(
    tool: pinned_tools.Tool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["--path", tool.name]) == 0
    assert capsys.readouterr().out == f"{tools.path(tool.name)}\n"


@pytest.mark.usefixtures("without_go")
def test_charts_that_cannot_be_fetched_are_told_and_none_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--charts", str(pinned_tools.SOURCES / "istio")]) == 1
    printed = capsys.readouterr()
    assert "is needed to build istio, and there is no `go` on the PATH" in printed.err
    assert printed.out == ""


@pytest.mark.parametrize(("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
@pytest.mark.usefixtures("without_go")
def test_a_tier_without_its_tools_is_skipped_but_fails_in_ci(
    monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="Go 1"):
        needs.tool("helm")
