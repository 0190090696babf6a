"""A machine on which `make up` and `make destroy` are called, by what its commands print."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from ops.preflight import command as preflight
from ops.running import Result
from tests.support.days import NOON

WHO = "aws sts get-caller-identity"
ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/platform/deploy"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/me"


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


def up(root: Path, machine: Machine, *arguments: str) -> int:
    return preflight.up(root, "dev", arguments, NOON, machine.run, machine.execute)


def destroy(root: Path, machine: Machine, *arguments: str) -> int:
    return preflight.destroy(root, "dev", arguments, machine.run, machine.execute)


def rewrite(root: Path, old: str, new: str) -> None:
    path = root / "Pulumi.dev.yaml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def last_up(**outputs: object) -> dict[str, Result]:
    return {"pulumi stack output": Result(code=0, out=json.dumps(outputs))}
