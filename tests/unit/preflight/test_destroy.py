"""`make destroy` says what stays, and calls Pulumi only when nothing stands in the way."""

from pathlib import Path

import pytest

from ops.running import Result
from tests.support.unit.preflight_machine import WHO, Machine, destroy, identity, rewrite, state


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
        ("true", (), state(0), "so that no single command deletes the stack"),
        ("false", (), state(2), "The state of dev protects 2 resources."),
        ("false", ("--skip-preview",), state(0), "--skip-preview deletes without a preview"),
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
