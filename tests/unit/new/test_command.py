"""``python -m ops new``: whatever is chosen, the file is accepted at once, or it is not written."""

import datetime
import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from components.capacity import report as capacity
from ops import __main__ as command_line
from ops.new import command, file, questions
from ops.new.choices import Choices
from ops.new.file import NotWrittenError
from ops.offline import stack_file
from tests.support.days import TODAY
from tests.support.stack_files import ROOT

REGION = "eu-central-1"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project without a stack file, in place of this one."""
    (tmp_path / "Pulumi.yaml").write_text((ROOT / "Pulumi.yaml").read_text())
    monkeypatch.setattr(command_line, "ROOT", tmp_path)
    return tmp_path


def new(*arguments: str) -> Any:
    return CliRunner().invoke(command_line.cli, ["new", *arguments, "--today", str(TODAY)])


def written(root: Path, stack: str = "staging") -> dict[str, Any]:
    config = yaml.safe_load((root / f"Pulumi.{stack}.yaml").read_text())["config"]
    assert isinstance(config, dict)
    return config


def test_the_file_holds_the_choices_and_today(root: Path) -> None:
    ranges = ["--api-cidr", "8.8.8.0/24", "--api-cidr", "9.9.9.9/32"]
    zones = ["--zone", f"{REGION}c", "--zone", f"{REGION}a"]
    done = new("staging", "--region", REGION, *zones, "--host", "shop.acme.dev", *ranges)
    assert (done.exit_code, done.stderr) == (0, "")
    assert "make preview STACK=staging" in done.stdout
    config = written(root)
    assert config["aws:region"] == REGION
    assert config["istio-eks:network"] == {"zones": [f"{REGION}c", f"{REGION}a"]}
    assert config["istio-eks:gateways"]["public"]["hosts"] == ["bookinfo/shop.acme.dev"]
    assert config["istio-eks:cluster"]["endpoint"] == {"public": True, "publicCidrs": ["8.8.8.0/24", "9.9.9.9/32"]}
    issued = {
        each["issued"]
        for kind in ("root", "intermediate")
        for each in config["istio-eks:mesh"]["certificates"][kind]["generations"]
    }
    assert issued == {str(TODAY)}


@pytest.mark.parametrize("size", ["small", *file.NODES])
def test_a_region_is_enough_and_every_size_has_nodes_for_its_pods(root: Path, size: str) -> None:
    assert new("staging", "--region", REGION, "--size", size).exit_code == 0
    loaded = file.checked("staging", Choices(region=REGION, size=size), TODAY)  # type: ignore[arg-type]
    assert len(loaded.settings.network.zones) == (2 if size == "small" else 3)
    for group in capacity.report(loaded.settings, REGION).groups:
        assert group.peak is not None
        assert group.peak <= group.most, f"{group.name} needs {group.peak} nodes with every autoscaler at its end"


def test_its_file_previews_at_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the program of this repository, by the command line."""
    assert new("staging", "--region", REGION).exit_code == 0
    monkeypatch.setattr(command_line, "ROOT", ROOT)
    path = str(root / "Pulumi.staging.yaml")
    shown = CliRunner().invoke(
        command_line.cli, ["preview", "--config", path, "--today", str(TODAY), "--format", "json"]
    )
    assert shown.exit_code == 0, shown.output


def test_a_file_that_is_there_is_not_overwritten(root: Path) -> None:
    (root / "Pulumi.prod.yaml").write_text("config: {}\n")
    done = new("prod", "--region", REGION)
    assert done.exit_code == 1
    assert "Pulumi.prod.yaml exists and is not overwritten" in done.stderr
    assert (root / "Pulumi.prod.yaml").read_text() == "config: {}\n"


def test_a_file_that_comes_meanwhile_is_not_overwritten_either(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = root / "Pulumi.prod.yaml"
    monkeypatch.setattr(file, "checked", lambda *_: path.write_text("config: {}\n"))
    with pytest.raises(NotWrittenError, match="is not overwritten"):
        command.write(root, "prod", Choices(region=REGION), TODAY)
    assert path.read_text() == "config: {}\n"


def test_refused_choices_are_told_all_at_once_and_nothing_is_written(root: Path) -> None:
    done = new("qa", "--region", REGION, "--host", "a b", "--api-cidr", "here")
    assert done.exit_code == 1
    assert "Pulumi.qa.yaml has 2 problems; it was not written." in done.stderr
    assert "gateways.public.hosts[0]" in done.stderr
    assert "cluster.endpoint.publicCidrs[0]" in done.stderr
    assert not list(root.glob("Pulumi.*.yaml"))


@pytest.mark.parametrize("name", ["../up", "a/b", "", "a.b", "x" * 100, "-a", "a b", "a\nb"])
def test_a_name_that_makes_no_cluster_makes_no_file(root: Path, name: str) -> None:
    with pytest.raises(NotWrittenError, match="is not a valid cluster name"):
        command.write(root, name, Choices(region=REGION), TODAY)


def test_without_a_terminal_the_region_is_asked_for_by_its_flag(root: Path) -> None:
    done = new("qa")
    assert done.exit_code == 2
    assert "--region" in done.stderr


@given(st.text(), st.text(), st.lists(st.text(), max_size=3).map(tuple))
def test_no_text_breaks_out_of_its_place_in_the_file(region: str, host: str, zones: tuple[str, ...]) -> None:
    choices = Choices(region=region, host=host, zones=zones)
    read = yaml.safe_load(file.text("qa", choices, TODAY))
    assert set(read) == {"config"}
    assert read["config"]["aws:region"] == region
    assert read["config"]["istio-eks:network"]["zones"] == list(choices.all_zones)
    assert read["config"]["istio-eks:gateways"]["public"]["hosts"] == [f"bookinfo/{host or '*'}"]


ANSWERS = {
    "AWS region": ["eu-central", REGION],
    "Size of the mesh": ["huge", "medium"],
    "Availability zones": ["eu-west-1a eu-west-1b", f"{REGION}a, {REGION}b, {REGION}c"],
    "Host of the sample": ["a b", "*.acme.dev"],
    "IPv4 ranges": ["everybody", "8.8.8.0/24"],
}


def test_on_a_terminal_each_choice_is_asked_for_until_it_is_accepted() -> None:
    answers = {question: list(lines) for question, lines in ANSWERS.items()}
    refused: list[str] = []

    def prompt(question: str, default: str) -> str:
        return next(lines for asked, lines in answers.items() if question.startswith(asked)).pop(0)

    chosen = questions.ask("qa", Choices(region=""), TODAY, [], prompt, refused.append)
    assert not any(answers.values())
    assert len(refused) == len(ANSWERS)
    assert chosen == Choices(
        region=REGION,
        size="medium",
        zones=tuple(f"{REGION}{letter}" for letter in "abc"),
        host="*.acme.dev",
        api_cidrs=("8.8.8.0/24",),
    )


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"region": REGION, "host": "a b"}, "gateways.public.hosts[0]"),
        ({"region": "eu-central"}, "aws:region"),
        ({"region": REGION, "zones": ("eu-west-1a", "eu-west-1b")}, "network.zones[0]"),
        ({"region": "", "api_cidrs": ("here",)}, "cluster.endpoint.publicCidrs[0]"),
        ({"region": "", "host": "a b"}, "gateways.public.hosts[0]"),
    ],
)
def test_a_wrong_flag_on_a_terminal_is_refused_before_a_question(given: dict[str, Any], key: str) -> None:
    def prompt(question: str, default: str) -> str:
        raise AssertionError(f"asked for {question}")

    with pytest.raises(NotWrittenError, match=re.escape(key)):
        questions.ask("qa", Choices(**given), TODAY, [name for name, value in given.items() if value], prompt, print)


def test_zones_that_are_given_without_a_region_are_judged_by_the_answer(root: Path) -> None:
    chosen = questions.ask(
        "qa",
        Choices(region="", zones=("eu-west-1a", "eu-west-1b")),
        TODAY,
        ["zones"],
        lambda question, default: REGION if question.startswith("AWS region") else default,
        print,
    )
    with pytest.raises(NotWrittenError, match=r"network\.zones\[0\]"):
        command.write(root, "qa", chosen, TODAY)


def test_zones_that_nobody_named_are_to_be_checked(root: Path) -> None:
    assert "--region eu-central-1 --query" in new("a", "--region", REGION).stdout
    named = ["--zone", f"{REGION}a", "--zone", f"{REGION}b"]
    assert "describe-availability-zones" not in new("b", "--region", REGION, *named).stdout


def test_what_is_given_is_not_asked_for_and_defaults_are_accepted() -> None:
    asked: list[str] = []

    def prompt(question: str, default: str) -> str:
        asked.append(question)
        return default

    given = Choices(region=REGION, size="large")
    chosen = questions.ask("qa", given, TODAY, ["region", "size"], prompt, print)
    assert len(asked) == len(questions.QUESTIONS) - 2
    assert (chosen.region, chosen.size, chosen.host, chosen.api_cidrs) == (REGION, "large", "", ())
    assert len(chosen.zones) == 3


def test_a_person_at_a_terminal_is_asked() -> None:
    """The real command on a pseudo-terminal; whoever leaves at a question leaves no file."""
    ours, theirs = pty.openpty()
    call = [sys.executable, "-m", "ops", "new", "of-a-test", "--today", str(TODAY)]
    process = subprocess.Popen(call, cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    seen = b""
    end = time.monotonic() + 60
    while b"AWS region" not in seen and time.monotonic() < end:
        if select.select([ours], [], [], 1)[0]:
            seen += os.read(ours, 1000)
    process.terminate()
    process.wait(60)
    os.close(ours)
    assert b"AWS region" in seen
    assert not (ROOT / "Pulumi.of-a-test.yaml").exists()


def test_the_readme_begins_with_it() -> None:
    readme = (ROOT / "README.md").read_text()
    assert "make new STACK=" in readme
    assert readme.index("make new STACK=") < readme.index("make up STACK=")


def test_every_choice_has_a_question() -> None:
    assert set(questions.QUESTIONS) == set(Choices.__dataclass_fields__)


def test_it_is_read_as_any_other_stack_file(root: Path) -> None:
    path = command.write(root, "qa", Choices(region=REGION), datetime.date(2030, 2, 3))
    assert '"2030-02-03"' in stack_file.read(path).values["istio-eks:mesh"]
