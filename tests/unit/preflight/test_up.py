"""`make up` says everything that is missing at once, and calls Pulumi only when nothing is."""

from pathlib import Path

import pytest

from components.settings import versions
from ops.preflight import command as preflight
from ops.running import Result
from tests.support.days import NOON
from tests.support.unit.preflight_machine import ROLE, SESSION, WHO, Machine, identity, last_up, rewrite, up


def test_when_nothing_is_missing_pulumi_is_called_with_all_arguments(root: Path) -> None:
    machine = Machine()
    assert up(root, machine, "--yes", "--diff") == 0
    assert machine.called == [["pulumi", "up", "--stack", "dev", "--yes", "--diff"]]


def test_pulumis_exit_status_is_handed_on(root: Path) -> None:
    assert preflight.up(root, "dev", [], NOON, Machine().run, lambda command: 255) == 255


@pytest.mark.parametrize(
    ("command", "answer", "said"),
    [
        ("pulumi version", Result(code=None), "The Pulumi CLI is not installed."),
        (
            "pulumi version",
            Result(code=0, out="v3.100.2\n"),
            "The Pulumi CLI is v3.100.2; 3.259.0 or newer is required.",
        ),
        ("aws --version", Result(code=None), "The AWS CLI is not installed"),
        (
            "aws --version",
            Result(code=0, out="aws-cli/1.45.11 Python/3.11\n"),
            "The AWS CLI is aws-cli/1.45.11;",
        ),
        ("aws --version", Result(code=0, err="aws-cli/1.16.1 Python/2.7\n"), "The AWS CLI is aws-cli/1.16.1"),
        (
            "pulumi whoami",
            Result(code=255, err="\nerror: PULUMI_ACCESS_TOKEN must be set\n"),
            "error: PULUMI_ACCESS_TOKEN must",
        ),
        ("pulumi stack ls", Result(code=0, out="[]"), "The backend has no stack dev."),
        ("pulumi stack ls", Result(code=0, out='[{"name": "prod"}]'), "has no stack dev. It has prod."),
        (
            WHO,
            Result(code=253, err="Unable to locate credentials"),
            "Unable to locate credentials",
        ),
        (WHO, Result(code=255), "You are not signed in to AWS: exit status 255"),
        (
            WHO,
            identity(account="999999999999"),
            "account 999999999999; this stack is for 1234",
        ),
        (
            WHO,
            identity(SESSION.replace("deploy", "admin")),
            "cluster.deployer is arn:aws:iam",
        ),
    ],
)
def test_one_missing_thing_stops_it(
    root: Path, capsys: pytest.CaptureFixture[str], command: str, answer: Result, said: str
) -> None:
    machine = Machine({command: answer})
    assert up(root, machine) == 1
    assert machine.called == []
    printed = capsys.readouterr().err
    assert "`pulumi up` did not run: 1 check failed." in printed
    assert said in printed


def test_everything_that_is_missing_is_said_at_once(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rewrite(root, "bookinfo/shop.mycompany.io", "bookinfo/www.example.com")
    nothing = Result(code=None)
    machine = Machine(
        {
            **dict.fromkeys(("pulumi version", "pulumi whoami", "pulumi stack ls"), nothing),
            "aws --version": Result(code=0, out="aws-cli/1.45.11 Python/3.11"),
            WHO: Result(code=255, err="no credentials"),
        }
    )
    assert up(root, machine) == 1
    printed = capsys.readouterr().err
    assert "4 checks failed." in printed
    assert "gateways.public.hosts[0]" in printed
    assert "reserved for documentation" in printed


def test_refused_settings_are_told_whole(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rewrite(root, "[us-east-1a, us-east-1b]", "[eu-west-1a, us-east-1b]")
    rewrite(root, "istio-eks:gateways", "istio-eks:gateway")
    assert up(root, Machine()) == 1
    assert "The settings are not valid. Pulumi.dev.yaml has" in capsys.readouterr().err


def test_a_missing_stack_file_is_wrong_usage(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    machine = Machine()
    assert preflight.up(root, "staging", [], NOON, machine.run, machine.execute) == 2
    assert preflight.destroy(root, "staging", [], machine.run, machine.execute) == 2
    assert "Available stacks: dev." in capsys.readouterr().err
    assert machine.asked == []


def test_an_unreadable_stack_file_is_refused(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rewrite(root, "config:", "config: [")
    machine = Machine()
    assert preflight.up(root, "dev", [], NOON, machine.run, machine.execute) == 1
    assert preflight.destroy(root, "dev", [], machine.run, machine.execute) == 1
    assert "Pulumi.dev.yaml" in capsys.readouterr().err
    assert machine.asked == []


def test_the_profile_of_the_stack_is_asked(root: Path) -> None:
    rewrite(root, "config:", "config:\n  aws:profile: work")
    machine = Machine()
    assert up(root, machine) == 0
    assert any(command[-2:] == ["--profile", "work"] for command in machine.asked)


def test_an_istiod_is_not_removed_under_its_proxies(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert up(root, Machine(last_up(istioVersion="1.31.0"))) == 1
    assert "removes the istiod of 1.31.0" in capsys.readouterr().err
    assert up(root, Machine(last_up(istioVersion=versions.ISTIO))) == 0


def test_who_makes_the_cluster_is_listed_once(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rewrite(root, f'deployer: "{ROLE}"', f'admins: ["{ROLE}"]')
    assert up(root, Machine()) == 1
    assert "refuses a second entry" in capsys.readouterr().err
    assert up(root, Machine(last_up(istioVersion=versions.ISTIO))) == 0


def test_only_the_creator_of_the_cluster_has_to_be_its_deployer(root: Path) -> None:
    other = {WHO: identity(SESSION.replace("deploy", "admin"))}
    assert up(root, Machine(other)) == 1
    assert up(root, Machine({**other, **last_up(istioVersion=versions.ISTIO)})) == 0
