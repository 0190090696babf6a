"""Revisions of this repository as folders: git is read, neither the work tree nor the index is touched."""

import io
import re
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

SHORT = 12
_COMMIT = re.compile(r"[0-9a-f]{40}")


class RevisionError(Exception):
    """A revision cannot be had; the text is for a person."""


@dataclass(frozen=True, kw_only=True)
class Revision:
    """name: as the reader knows it. commit: ``None`` for the work tree. folder: where its files lie."""

    name: str
    commit: str | None
    folder: Path


def work_tree(root: Path) -> Revision:
    """The files as they lie, committed or not."""
    return Revision(name="the work tree", commit=None, folder=root)


def checked_out(root: Path, ref: str, folder: Path) -> Revision:
    """The files of a commit, written into ``folder``.

    Raises RevisionError when git does not know it, or it holds what leads out of its folder.
    """
    commit = _commit(root, ref)
    # Inside a folder of the repository git archives that folder alone, as if it were the root.
    archive = _git(root, "archive", "--format=tar", commit)
    if archive.returncode:
        raise RevisionError(f"git cannot read the files of {ref}: {_said(archive)}")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
            files.extractall(folder, filter="data")
    except tarfile.FilterError as error:
        raise RevisionError(f"The files of {ref} cannot be unpacked: {error}. Take it out of that revision.") from None
    name = commit[:SHORT] if commit.startswith(ref) else f"{ref} ({commit[:SHORT]})"
    return Revision(name=name, commit=commit, folder=folder)


def lacks(root: Path, base: Revision, head: Revision) -> int:
    """How many commits of the base the head does not have: what they changed shows up backwards."""
    if base.commit is None or _shallow(root):
        return 0
    counted = _git(root, "rev-list", "--count", f"{head.commit or 'HEAD'}..{base.commit}")
    return 0 if counted.returncode else int(counted.stdout)


def _commit(root: Path, ref: str) -> str:
    found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if not found.returncode:
        return found.stdout.decode().strip()
    if _git(root, "rev-parse", "--git-dir").returncode:
        raise RevisionError(f"{root} is no git repository: there is no {ref} to compare with.")
    if _shallow(root):
        raise RevisionError(
            f"This clone is shallow and does not have {ref}. Fetch it: `git fetch --depth=1 origin {_remote(ref)}`, "
            f"then name it as FETCH_HEAD, or `git fetch --unshallow`. In a workflow: fetch-depth: 0."
        )
    fetch = f": `git fetch origin {ref}`" if _COMMIT.fullmatch(ref) else ""
    raise RevisionError(
        f"git knows no commit {ref}. Fetch it{fetch}, or name another: `git branch --all` lists branches."
    )


def _remote(ref: str) -> str:
    return ref.removeprefix("refs/remotes/").removeprefix("origin/")


def _shallow(root: Path) -> bool:
    return _git(root, "rev-parse", "--is-shallow-repository").stdout.strip() == b"true"


def _git(root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", *arguments], cwd=root, capture_output=True, timeout=120)
    except FileNotFoundError:
        raise RevisionError("There is no `git` on the PATH: install it.") from None


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    return done.stderr.decode(errors="replace").strip()
