"""Git repositories for ``ops diff``: most hold a small program that speaks the contract of ``ops preview``."""

import datetime
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

from ops.diff import command
from ops.diff.changes import Comparison, Failed
from ops.diff.report import Report
from tests.support.days import TODAY
from tests.support.unit.diff_world import document, resource

DEV = "Pulumi.dev.yaml"
PROGRAM = "ops/__main__.py"
# Its stack files are documents, or what it refuses them with.
SMALL = """
import sys
assert sys.argv[1] == "preview", "No such command"
text = open("Pulumi." + sys.argv[sys.argv.index("--stack") + 1] + ".yaml").read()
print(text) if text.startswith("{") else sys.exit(text)
"""
VPC = "aws:ec2/vpc:Vpc"


class Repository:
    """A git repository with one stack, ``dev``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def git(self, *arguments: str) -> str:
        # A hook that runs the tests would lead git to its own repository.
        env = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
        who = ["-c", "user.name=t", "-c", "user.email=t@t", "-c", "commit.gpgsign=false"]
        done = subprocess.run(["git", *who, *arguments], cwd=self.folder, env=env, capture_output=True, text=True)
        assert not done.returncode, done.stderr
        return done.stdout.strip()

    def commit(self) -> str:
        """Everything that lies there."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "change")
        return self.git("rev-parse", "HEAD")

    def edit(self, old: str, new: str, path: str = DEV) -> None:
        text = (self.folder / path).read_text()
        assert old in text
        (self.folder / path).write_text(text.replace(old, new))

    def write(self, text: str, path: str = DEV) -> None:
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(text)

    def compare(self, base: str, head: str | None = None, *stacks: str) -> Report:
        return command.evaluated(self.folder, asked(base, head, *stacks))


def asked(base: str, head: str | None = None, *stacks: str, today: datetime.date = TODAY) -> command.Asked:
    return command.Asked(base=base, head=head, stacks=stacks, pull=False, today=today)


def text(**tags: str) -> str:
    """A stack file of the small program: one VPC."""
    return json.dumps(document(resource(VPC, "v", {"tags": tags})))


def only(report: Report) -> Comparison:
    (found,) = report.stacks
    assert isinstance(found, Comparison), found
    return found


def failed(report: Report) -> Failed:
    (found,) = report.stacks
    assert isinstance(found, Failed)
    return found


Real = Callable[[Path], Repository]
