"""Which revisions ``ops diff`` finds in git, and what it says of those that it does not."""

import shutil
from pathlib import Path

import pytest

from ops.diff import revisions
from ops.diff.report import Status
from tests.support.unit.diff_repository import Repository, text


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
    with pytest.raises(revisions.RevisionError, match="git does not know the commit"):
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
    with pytest.raises(revisions.RevisionError, match="is not a git repository"):
        Repository(tmp_path).compare("HEAD")


def test_commits_that_only_the_base_has_are_mentioned(small: Repository) -> None:
    first = small.git("rev-parse", "HEAD")
    small.write(text(a="2"))
    ahead = small.commit()
    small.git("checkout", "--quiet", first)
    assert any("has 1 commit that the work tree does not have" in each for each in small.compare(ahead).notes)
    assert not small.compare(first, ahead).notes


def test_a_folder_of_a_larger_repository_is_a_root_of_its_own(small: Repository, tmp_path: Path) -> None:
    shutil.copytree(small.folder, tmp_path / "mono" / "platform", ignore=shutil.ignore_patterns(".git"))
    mono = Repository(tmp_path / "mono")
    mono.git("init", "--quiet", "--initial-branch=main")
    mono.commit()
    assert Repository(tmp_path / "mono" / "platform").compare("main").status is Status.CLEAN
