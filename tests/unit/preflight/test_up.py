"""`make up` and `make destroy` say everything that is missing at once, and call Pulumi only when nothing is."""

import datetime
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from components.settings import versions
from ops.preflight import checks
from ops.preflight import command as preflight
from ops.preflight.checks import Caller, Failure, Result
from tests.support.days import NOON

WHO = "aws sts get-caller-identity"
ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/platform/deploy"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/me"
NEW_YEAR = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
PROJECT = "name: istio-eks\nruntime: python\n"
STACK = f"""\
config:
  aws:region: us-east-1
  aws:allowedAccountIds: ["{ACCOUNT}"]
  pulumi:disable-default-providers: [kubernetes]
  istio-eks:network: {{zones: [us-east-1a, us-east-1b]}}
  istio-eks:cluster: {{deployer: "{ROLE}"}}
  istio-eks:mesh:
    certificates:
      root: {{generations: [{{number: 1, issued: "2026-01-01"}}], signing: 1}}
      intermediate: {{generations: [{{number: 1, issued: "2026-01-01"}}], signing: 1}}
  istio-eks:gateways: {{public: {{hosts: [bookinfo/shop.mycompany.io]}}}}
"""


def identity(arn: str = SESSION, account: str = ACCOUNT) -> Result:
    return Result(code=0, out=json.dumps({"Account": account, "Arn": arn, "UserId": "x"}))


def state(protected: int) -> Result:
    resources = [{"urn": f"u{number}", "protect": number < protected} for number in range(3)]
    return Result(code=0, out=json.dumps({"version": 3, "deployment": {"resources": resources}}))


READY: dict[str, Result] = {
    "pulumi version": Result(code=0, out="v3.272.0\n"),
    "aws --version": Result(code=0, out="aws-cli/2.31.0 Python/3.13.7 Linux/6.1\n"),
    "pulumi whoami": Result(code=0, out="organization\n"),
    "pulumi stack ls": Result(code=0, out=json.dumps([{"name": "organization/istio-eks/dev"}, {"name": "prod"}])),
    WHO: identity(),
    "pulumi stack export": state(0),
    "pulumi stack output": Result(code=0, out="{}"),
}


class Machine:
    """A machine by what its commands print, and what Pulumi is called with in the end."""

    def __init__(self, answers: Mapping[str, Result] | None = None) -> None:
        self.answers = {**READY, **(answers or {})}
        self.asked: list[list[str]] = []
        self.called: list[list[str]] = []

    def run(self, command: Sequence[str]) -> Result:
        self.asked.append(list(command))
        return next(answer for start, answer in self.answers.items() if " ".join(command).startswith(start))

    def execute(self, command: Sequence[str]) -> int:
        self.called.append(list(command))
        return 0


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    (tmp_path / "Pulumi.dev.yaml").write_text(STACK)
    return tmp_path


def up(root: Path, machine: Machine, *arguments: str) -> int:
    return preflight.up(root, "dev", arguments, NOON, machine.run, machine.execute)


def destroy(root: Path, machine: Machine, *arguments: str) -> int:
    return preflight.destroy(root, "dev", arguments, machine.run, machine.execute)


def rewrite(root: Path, old: str, new: str) -> None:
    path = root / "Pulumi.dev.yaml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_when_nothing_is_missing_pulumi_is_called_with_all_arguments(root: Path) -> None:
    machine = Machine()
    assert up(root, machine, "--yes", "--diff") == 0
    assert machine.called == [["pulumi", "up", "--stack", "dev", "--yes", "--diff"]]


def test_pulumis_exit_status_is_handed_on(root: Path) -> None:
    assert preflight.up(root, "dev", [], NOON, Machine().run, lambda command: 255) == 255


@pytest.mark.parametrize(
    ("command", "answer", "said"),
    [
        ("pulumi version", Result(code=None), "There is no pulumi on this machine."),
        ("pulumi version", Result(code=0, out="v3.100.2\n"), "pulumi is v3.100.2; the program needs 3.259.0."),
        ("aws --version", Result(code=None), "There is no aws on this machine"),
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
        ("pulumi stack ls", Result(code=0, out='[{"name": "prod"}]'), "has no stack dev, only prod."),
        (
            WHO,
            Result(code=253, err="Unable to locate credentials"),
            "Unable to locate credentials",
        ),
        (WHO, Result(code=255), "AWS does not know who you are: exit status 255"),
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
    assert "pulumi up was not called: 1 thing stands in the way." in printed
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
    assert "4 things stand in the way." in printed
    assert "gateways.public.hosts[0]" in printed
    assert "reserved for documentation" in printed


def test_refused_settings_are_told_whole(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rewrite(root, "[us-east-1a, us-east-1b]", "[eu-west-1a, us-east-1b]")
    rewrite(root, "istio-eks:gateways", "istio-eks:gateway")
    assert up(root, Machine()) == 1
    assert "The settings are refused. Pulumi.dev.yaml has" in capsys.readouterr().err


def test_a_missing_stack_file_is_wrong_usage(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    machine = Machine()
    assert preflight.up(root, "staging", [], NOON, machine.run, machine.execute) == 2
    assert preflight.destroy(root, "staging", [], machine.run, machine.execute) == 2
    assert "Stacks with a file: dev." in capsys.readouterr().err
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


def test_destroy_says_what_stays_and_calls_pulumi(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    machine = Machine()
    assert destroy(root, machine, "--yes") == 0
    assert machine.called == [["pulumi", "destroy", "--stack", "dev", "--yes"]]
    kept = capsys.readouterr().out
    for word in ("KMS", "log group", "EBS volumes", "Load balancers"):
        assert word in kept


@pytest.mark.parametrize(
    ("protect", "arguments", "answer", "said"),
    [
        ("true", (), state(0), "In two steps, so that one command cannot do it"),
        ("false", (), state(2), "2 resources of dev are protected in the state."),
        ("false", ("--skip-preview",), state(0), "--skip-preview deletes without showing what"),
    ],
)
def test_destroy_of_what_is_protected_is_refused(
    root: Path, capsys: pytest.CaptureFixture[str], protect: str, arguments: tuple[str, ...], answer: Result, said: str
) -> None:
    rewrite(root, "config:", f"config:\n  istio-eks:protect: {protect}")
    machine = Machine({"pulumi stack export": answer})
    assert destroy(root, machine, *arguments) == 1
    assert machine.called == []
    assert said in capsys.readouterr().err


def test_a_stack_whose_settings_are_refused_can_still_go(root: Path) -> None:
    rewrite(root, "[us-east-1a, us-east-1b]", "[nowhere]")
    assert destroy(root, Machine()) == 0


def test_destroy_in_the_wrong_account_is_refused(root: Path) -> None:
    assert destroy(root, Machine({WHO: identity(account="999999999999")})) == 1


@pytest.mark.parametrize(
    ("arn", "role", "same"),
    [
        (SESSION, ROLE, True),
        (SESSION, f"arn:aws:iam::{ACCOUNT}:role/deploy", True),
        (SESSION, f"arn:aws:iam::{ACCOUNT}:user/deploy", False),
        (SESSION, "arn:aws:iam::999999999999:role/deploy", False),
        (SESSION, f"arn:aws:iam::{ACCOUNT}:role/other", False),
        (f"arn:aws:iam::{ACCOUNT}:user/me", f"arn:aws:iam::{ACCOUNT}:user/me", True),
        (f"arn:aws:iam::{ACCOUNT}:root", ROLE, False),
    ],
)
def test_a_session_is_its_role(arn: str, role: str, same: bool) -> None:
    assert Caller(account=ACCOUNT, arn=arn).is_role(role) is same


def test_the_real_runner(tmp_path: Path) -> None:
    run = checks.runner(tmp_path)
    assert run(["there-is-no-such-command"]) == Result(code=None)
    assert run(["pwd"]).out.strip() == str(tmp_path)
    assert not run(["false"]).ok


def test_a_failure_says_what_to_do() -> None:
    assert str(Failure(what="It is so.", remedy="Do that.")) == "  It is so.\n    Do that."


def last_up(**outputs: object) -> dict[str, Result]:
    return {"pulumi stack output": Result(code=0, out=json.dumps(outputs))}


def test_a_step_that_skips_a_phase_is_told_before_the_engine_starts(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dates = {"issued": "2026-01-01", "ends": "2036-01-01"}
    kind = {"signing": 7, "generations": [{"number": 7, **dates}]}
    other = {"signing": 1, "generations": [{"number": 1, **dates}]}
    machine = Machine(last_up(certificates={"phase": "stable", "root": kind, "intermediate": other}))
    assert up(root, machine) == 1
    assert machine.called == []
    assert "would sign before anybody trusts it" in capsys.readouterr().err


def generations(signing: int, *numbers: int) -> dict[str, Any]:
    listed = [{"number": number, "issued": "2026-01-01", "ends": "2036-01-01"} for number in numbers]
    return {"signing": signing, "generations": listed}


def certificates(since: datetime.datetime | None, signing: int = 1, numbers: tuple[int, ...] = (1,)) -> dict[str, Any]:
    """The output as an `up` left it at a moment."""
    written = {"root": generations(signing, *numbers), "intermediate": generations(1, 1)}
    moment = since and since.strftime("%Y-%m-%dT%H:%M:%SZ")
    return written | ({"since": {"trusted": moment, "signing": moment}} if moment else {})


def held(roots: list[int], root: int, intermediate: int = 1) -> dict[str, Result]:
    """A state in which cacerts holds these."""
    text = json.dumps({"roots": roots, "root": root, "intermediate": intermediate})
    metadata = {"name": "cacerts", "annotations": {"istio-eks/holds": text}}
    other = {"type": "kubernetes:core/v1:Secret", "inputs": {"metadata": {"name": "other"}}}
    secret = {"type": "kubernetes:core/v1:Secret", "inputs": {"metadata": metadata, "stringData": "ciphertext"}}
    found = {"deployment": {"resources": [other, secret, {"type": "aws:ec2/vpc:Vpc"}]}}
    return {"pulumi stack export": Result(code=0, out=json.dumps(found))}


@pytest.mark.parametrize(("hours", "status"), [(24, 1), (26, 0)])
def test_a_root_that_goes_too_early_is_told_before_the_engine_starts(
    root: Path, capsys: pytest.CaptureFixture[str], hours: int, status: int
) -> None:
    # Told in whole minutes, and none too early.
    since = NOON - datetime.timedelta(hours=hours, seconds=30)
    machine = Machine(last_up(certificates=certificates(since, 1, (1, 2))) | held([1, 2], 1))
    assert up(root, machine) == status
    free = since + datetime.timedelta(hours=25, seconds=30)
    assert (f"drop it from {free:%Y-%m-%d %H:%M} UTC on" in capsys.readouterr().err) == bool(status)


def test_a_secret_that_an_unfinished_up_left_is_looked_at(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the outputs root 1 still signs; in the cluster it is gone."""
    before = last_up(certificates=certificates(NEW_YEAR, 1, (1, 2)))
    assert up(root, Machine(before | held([2], 2))) == 1
    assert "would sign before anybody trusts it" in capsys.readouterr().err
    assert up(root, Machine(before | held([1, 2], 1))) == 0


def test_a_key_that_an_unfinished_up_let_sign_is_not_dropped(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the outputs only intermediate 1 ever signed; istiod signs with 2."""
    before = last_up(certificates=certificates(NEW_YEAR))
    assert up(root, Machine(before | held([1], 1, intermediate=2))) == 1
    assert "drops intermediate 2, which signed until now" in capsys.readouterr().err


def test_an_unfinished_up_of_the_intermediate_leaves_the_roots_their_moments(root: Path) -> None:
    before = last_up(certificates=certificates(NEW_YEAR))
    issued = '"2026-01-01"}]'
    rewrite(
        root,
        f"root: {{generations: [{{number: 1, issued: {issued}",
        'root: {generations: [{number: 1, issued: "2026-01-01"}, {number: 2, issued: "2026-01-02"}]',
    )
    rewrite(
        root,
        f"intermediate: {{generations: [{{number: 1, issued: {issued}",
        'intermediate: {generations: [{number: 1, issued: "2026-01-01"}, {number: 2, issued: "2026-01-02"}]',
    )
    assert up(root, Machine(before | held([1], 1, intermediate=2))) == 0


def test_the_day_of_a_generation_is_told_once(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rewrite(
        root,
        'root: {generations: [{number: 1, issued: "2026-01-01"',
        'root: {generations: [{number: 1, issued: "2026-02-01"',
    )
    assert up(root, Machine(last_up(certificates=certificates(NEW_YEAR)))) == 1
    assert 'Write "2026-01-01" again' in capsys.readouterr().err


def test_a_first_up_that_failed_goes_on_with_the_same_roots(root: Path) -> None:
    assert up(root, Machine(held([1], 1))) == 0
    assert up(root, Machine(held([7], 7))) == 1


def test_a_first_up_is_told_to_write_its_day_and_goes_on(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    machine = Machine()
    assert up(root, machine) == 0
    assert machine.called
    printed = capsys.readouterr().err
    assert printed.count("this `up` makes generation 1, and its `issued` is 2026-01-01.") == 2
    assert (
        printed.count('will warn of it 325 days too early. To avoid that, stop here, write issued: "2026-11-22"') == 2
    )
    rewrite(root, "2026-01-01", "2026-11-22")
    assert up(root, machine) == 0
    assert capsys.readouterr().err == ""


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
