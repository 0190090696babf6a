"""What is asked of a machine, and how a failure is told."""

from pathlib import Path

import pytest

from ops import running
from ops.preflight.checks import Caller
from ops.running import Failure, Result
from tests.support.unit.preflight_machine import ACCOUNT, ROLE, SESSION


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
    run = running.runner(tmp_path)
    assert run(["there-is-no-such-command"]) == Result(code=None)
    assert run(["pwd"]).out.strip() == str(tmp_path)
    assert not run(["false"]).ok


def test_a_failure_says_what_to_do() -> None:
    assert str(Failure(what="It is so.", remedy="Do that.")) == "  It is so.\n    Do that."
