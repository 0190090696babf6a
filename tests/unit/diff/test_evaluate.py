"""Each side is previewed by its own code; revisions that lack something, or refuse."""

from pathlib import Path

import pytest

from ops.diff import markdown
from ops.diff.report import Status
from tests.support.unit.diff_repository import PROGRAM, SMALL, Real, Repository, failed, only, text


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
    assert "has no `python -m ops preview`" in failed(small.compare(base)).reason


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import sys; sys.exit(2)", "does not support --format json"),
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
    assert "Cost, capacity, addresses and certificates are not compared: the base has no numbers" in found.notes[0]


def test_other_packages_than_those_installed_are_mentioned(small: Repository) -> None:
    small.write("a==1\n", "requirements.txt")
    base = small.commit()
    small.write("a==2\n", "requirements.txt")
    assert any("requirements.txt differs" in each for each in small.compare(base).notes)


def test_a_revisions_code_gets_no_credentials(small: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pull request's code runs here: it may read what it likes of its environment."""
    secrets = ("AWS_SECRET_ACCESS_KEY", "PULUMI_ACCESS_TOKEN", "PULUMI_CONFIG_PASSPHRASE", "GITHUB_TOKEN", "PYTHONPATH")
    for name in secrets:
        monkeypatch.setenv(name, "x")
    small.write("import os\nraise ValueError(sorted(os.environ))\n", PROGRAM)
    said = failed(small.compare("HEAD")).reason
    assert "'PATH'" in said
    assert not [name for name in secrets if name in said]
