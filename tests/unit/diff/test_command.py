"""``python -m ops diff`` on repositories of its own: revisions that lack something, and what it leaves alone.

Most of them hold a small program that speaks the contract of ``ops preview``; some hold this one.
"""

import datetime
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from components.settings import clock
from ops.diff import as_json, command, evaluate, markdown, revisions
from ops.diff.changes import Comparison, Failed, Sides
from ops.diff.report import EXIT, Report, Status
from tests.support import stack_files
from tests.support.days import TODAY
from tests.support.unit.diff_world import document, resource
from tests.support.unit.harness import ROOT

# What a preview is made of. Without tools/ no charts are pinned: nothing is rendered here.
PARTS = (
    "components",
    "ops",
    "local",
    "__main__.py",
    "components/stack/stack_config.py",
    "Pulumi.yaml",
    "requirements.txt",
)
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


@pytest.fixture
def small(tmp_path: Path) -> Repository:
    """A repository with a commit of the small program."""
    found = Repository(tmp_path / "small")
    found.write(SMALL, PROGRAM)
    found.write(text(a="1"))
    found.git("init", "--quiet", "--initial-branch=main")
    found.commit()
    return found


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Repository]:
    """Makes repositories with a commit of this program."""
    folder = tmp_path_factory.mktemp("committed")
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / part)
    stack_files.copied("dev", folder)
    (folder / ".gitignore").write_text("__pycache__/\n")
    Repository(folder).git("init", "--quiet", "--initial-branch=main")
    Repository(folder).commit()
    return lambda path: Repository(Path(shutil.copytree(folder, path / "real")))


def only(report: Report) -> Comparison:
    (found,) = report.stacks
    assert isinstance(found, Comparison), found
    return found


def failed(report: Report) -> Failed:
    (found,) = report.stacks
    assert isinstance(found, Failed)
    return found


Real = Callable[[Path], Repository]


def test_two_commits_each_by_its_own_code(real: Real, tmp_path: Path) -> None:
    """Of the load balancer's lag the base says 120 seconds, the head 60, and the work tree 200."""
    repository = real(tmp_path)
    first = repository.git("rev-parse", "HEAD")
    repository.edit("NLB_LAG = 120", "NLB_LAG = 60", "components/gateways/drain.py")
    repository.edit("HOURS = 730", "HOURS = 731", "components/capacity/prices.py")
    repository.edit("zones: [us-west-2a, us-west-2b]", "zones: [us-west-2a, us-west-2b]\n    cidr: 10.0.0.0/18")
    second = repository.commit()
    repository.edit("NLB_LAG = 60", "NLB_LAG = 200", "components/gateways/drain.py")
    found = only(repository.compare(first, second))
    (group,) = [each for each in found.resources if each.type == "aws:lb/targetGroup:TargetGroup"]
    assert [(each.path, each.before, each.after) for each in group.properties] == [("deregistrationDelay", 120, 60)]
    assert "drain-is-loosened" in {risk.rule for risk in found.risks}
    figures = {(each.section, each.what): (each.before, each.after) for each in found.figures}
    assert figures["addresses", "VPC"] == ("10.0.0.0/16", "10.0.0.0/18")
    assert ("cost", "system nodes, m6i.large") in figures


def test_the_command_line_prints_and_tells_by_its_status(real: Real, tmp_path: Path) -> None:
    """Nothing is rendered here: values are shown, and why not more."""
    repository = real(tmp_path)
    repository.edit("istio-eks:mesh:", "istio-eks:mesh:\n    outbound: registry-only")
    done = ops(repository, "--base", "HEAD", "--format", "json")
    assert done.returncode == EXIT[Status.CHANGES], done.stderr
    found = json.loads(done.stdout)
    assert (found["version"], found["status"]) == (as_json.VERSION, "changes")
    (istiod,) = [each for each in found["stacks"][0]["releases"] if each["chart"] == "istiod"]
    assert "this revision pins no charts" in istiod["notRendered"] or "there is no helm" in istiod["notRendered"]
    assert "values.meshConfig.outboundTrafficPolicy.mode" in {each["path"] for each in istiod["values"]}


def test_a_base_whose_settings_do_not_parse_any_more(real: Real, tmp_path: Path) -> None:
    repository = real(tmp_path)
    repository.edit("routing: test-user", "natt: single\n    routing: test-user")
    repository.commit()
    repository.edit("    natt: single\n", "")
    report = repository.compare("HEAD")
    found = failed(report)
    assert (report.status, found.side) == (Status.FAILED, "base")
    assert "bookinfo.natt" in found.reason
    assert "Traceback" not in found.reason
    page = markdown.report(report)
    assert "the base cannot be planned" in page
    assert "-    natt: single" in page


def ops(repository: Repository, *arguments: str) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-m", "ops", "diff", *arguments, "--today", str(TODAY)]
    environment = {**evaluate.environment(), clock.REFUSED: "1"}
    return subprocess.run(call, cwd=repository.folder, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize("arguments", [(), ("--base", "nosuch"), ("--base", "HEAD", "--stack", "nosuch")])
def test_wrong_usage_ends_with_two(real: Real, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = ops(real(tmp_path), *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


def test_the_work_tree_is_compared_and_nothing_of_it_is_touched(small: Repository) -> None:
    small.write(text(a="2"))
    small.write("mine", "untracked")
    before = small.git("status", "--porcelain"), sorted(small.folder.rglob("*"))
    assert [each.name for each in only(small.compare("HEAD")).resources] == ["v"]
    assert (small.git("status", "--porcelain"), sorted(small.folder.rglob("*"))) == before
    assert len(small.git("worktree", "list").splitlines()) == 1


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, Status.CLEAN),
        ({"tags": {"a": "2"}}, Status.CHANGES),
        ({"cidrBlock": "10.0.0.0/16"}, Status.RISKS),
        (None, Status.FAILED),
    ],
)
def test_the_status_tells_clean_changes_and_risks(
    small: Repository, change: Any, status: Status, capsys: pytest.CaptureFixture[str]
) -> None:
    after = document(resource(VPC, "v", {"tags": {"a": "1"}, **(change or {})}))
    small.write("refused" if change is None else json.dumps(after))
    for style in ("json", "markdown"):
        assert command.run(small.folder, asked("HEAD"), style, 0) == EXIT[status]
        assert capsys.readouterr().out


def test_a_head_that_refuses_its_settings(small: Repository) -> None:
    small.write("network.natt: no such key\n  key: {secure: v1:abcd}")
    found = failed(small.compare("HEAD"))
    assert (found.side, found.reason.splitlines()[0]) == ("head", "network.natt: no such key")
    assert "+  key: {secure: [secret]}" in found.settings


def test_a_program_that_fails_is_told_in_one_line_without_our_paths(small: Repository) -> None:
    small.write("raise ValueError('not this way')\n", PROGRAM)
    assert failed(small.compare("HEAD")).reason == "ValueError: not this way"


def test_a_base_older_than_the_preview(small: Repository) -> None:
    small.git("mv", PROGRAM, "elsewhere.py")
    base = small.commit()
    small.write(SMALL, PROGRAM)
    assert "is older than `python -m ops preview`" in failed(small.compare(base)).reason


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import sys; sys.exit(2)", "cannot yet print a plan as JSON"),
        ("print('in words')", "printed no document"),
        ("print('{}')", "printed no document"),
    ],
)
def test_a_base_whose_preview_is_another(small: Repository, program: str, said: str) -> None:
    small.write(program, PROGRAM)
    base = small.commit()
    small.write(SMALL, PROGRAM)
    assert said in failed(small.compare(base)).reason


def test_a_base_without_numbers_is_compared_without_them(small: Repository) -> None:
    small.write(text(a="2"))
    found = only(small.compare("HEAD"))
    assert found.resources
    assert found.figures == ()
    assert "Cost, capacity, addresses and certificates are not compared: the base has none" in found.notes[0]


def test_a_shallow_clone_says_what_to_fetch(small: Repository, tmp_path: Path) -> None:
    first = small.git("rev-parse", "HEAD")
    small.write(text(a="2"))
    small.commit()
    small.git("clone", "--quiet", "--depth=1", f"file://{small.folder}", str(tmp_path / "shallow"))
    shallow = Repository(tmp_path / "shallow")
    with pytest.raises(revisions.RevisionError, match="shallow") as error:
        shallow.compare(first)
    assert f"git fetch --depth=1 origin {first}" in str(error.value)
    assert "fetch-depth: 0" in str(error.value)
    shallow.git("fetch", "--quiet", "--depth=1", "origin", first)
    assert shallow.compare("FETCH_HEAD").status is Status.CHANGES


@pytest.mark.parametrize("ref", ["nosuch", "--all", "HEAD:ops", ""])
def test_what_is_no_commit_is_refused(small: Repository, ref: str) -> None:
    with pytest.raises(revisions.RevisionError, match="git knows no commit"):
        small.compare(ref)


@pytest.mark.parametrize("target", ["/etc/hostname", "../../elsewhere"])
def test_a_link_that_leads_out_of_a_revision_is_refused(small: Repository, target: str) -> None:
    (small.folder / "link").symlink_to(target)
    small.commit()
    with pytest.raises(revisions.RevisionError, match="cannot be unpacked: 'link'"):
        small.compare("HEAD")


def test_a_commit_that_is_not_here_comes_with_the_command_that_fetches_it(small: Repository) -> None:
    with pytest.raises(revisions.RevisionError, match=f"git fetch origin {'0' * 40}"):
        small.compare("0" * 40)


def test_what_prints_it_again_names_commits(small: Repository) -> None:
    """HEAD^1 is another commit in another clone."""
    first = small.git("rev-parse", "HEAD")
    small.write(text(a="2"))
    second = small.commit()
    assert small.compare("HEAD^1", "HEAD").again == f"python -m ops diff --base {first} --head {second} --limit 0"
    assert small.compare("main", None, "dev").again == f"python -m ops diff --base {second} --stack dev --limit 0"


def test_a_folder_without_git_says_so(tmp_path: Path) -> None:
    with pytest.raises(revisions.RevisionError, match="is no git repository"):
        Repository(tmp_path).compare("HEAD")


def test_a_new_stack_and_a_removed_one(small: Repository) -> None:
    small.git("mv", DEV, "Pulumi.stage.yaml")
    report = small.compare("HEAD")
    sides = {each.stack: each.sides for each in report.stacks if isinstance(each, Comparison)}
    assert sides == {"dev": Sides.REMOVED, "stage": Sides.NEW}
    assert any("no stack in common" in each for each in report.notes)
    assert report.status is Status.RISKS
    page = markdown.report(report)
    assert "a new stack of 1 resources" in page
    assert "make destroy STACK=dev" in page


def test_stacks_may_be_chosen(small: Repository) -> None:
    small.write(text(a="1"), "Pulumi.other.yaml")
    assert [each.stack for each in small.compare("HEAD").stacks] == ["dev", "other"]
    assert [each.stack for each in small.compare("HEAD", None, "other").stacks] == ["other"]


def test_a_stack_that_neither_has_names_those_there_are(small: Repository) -> None:
    with pytest.raises(command.NoSuchStack, match=r"Pulumi.nosuch.yaml. Stacks with a file: dev"):
        small.compare("HEAD", None, "dev", "nosuch")


def test_commits_that_only_the_base_has_are_mentioned(small: Repository) -> None:
    first = small.git("rev-parse", "HEAD")
    small.write(text(a="2"))
    ahead = small.commit()
    small.git("checkout", "--quiet", first)
    assert any("has 1 commit that the work tree does not have" in each for each in small.compare(ahead).notes)
    assert not small.compare(first, ahead).notes


def test_other_packages_than_those_installed_are_mentioned(small: Repository) -> None:
    small.write("a==1\n", "requirements.txt")
    base = small.commit()
    small.write("a==2\n", "requirements.txt")
    assert any("requirements.txt differs" in each for each in small.compare(base).notes)


def test_a_folder_of_a_larger_repository_is_a_root_of_its_own(small: Repository, tmp_path: Path) -> None:
    shutil.copytree(small.folder, tmp_path / "mono" / "platform", ignore=shutil.ignore_patterns(".git"))
    mono = Repository(tmp_path / "mono")
    mono.git("init", "--quiet", "--initial-branch=main")
    mono.commit()
    assert Repository(tmp_path / "mono" / "platform").compare("main").status is Status.CLEAN


def test_a_revisions_code_gets_no_credentials(small: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pull request's code runs here: it may read what it likes of its environment."""
    secrets = ("AWS_SECRET_ACCESS_KEY", "PULUMI_ACCESS_TOKEN", "PULUMI_CONFIG_PASSPHRASE", "GITHUB_TOKEN", "PYTHONPATH")
    for name in secrets:
        monkeypatch.setenv(name, "x")
    small.write("import os\nraise ValueError(sorted(os.environ))\n", PROGRAM)
    said = failed(small.compare("HEAD")).reason
    assert "'PATH'" in said
    assert not [name for name in secrets if name in said]


def test_help_says_what_each_status_means() -> None:
    done = subprocess.run([sys.executable, "-m", "ops", "diff", "--help"], cwd=ROOT, capture_output=True, text=True)
    said = " ".join(done.stdout.split())
    for status in (
        "0 nothing changes",
        "3 something changes",
        "4 something changes and there are risks",
        "2 wrong usage",
    ):
        assert status in said, status
