"""Revisions of this repository as folders; git is only read, and the work tree and the index are not changed."""

import io
import re
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

# Characters of a short commit hash.
SHORT = 12
_COMMIT = re.compile(r"[0-9a-f]{40}")


class RevisionError(Exception):
    """A revision is not available; the text gives the reason and the remedy."""


@dataclass(frozen=True, kw_only=True)
class Revision:
    """One revision."""

    name: str
    """Name that the reader knows."""
    commit: str | None
    """``None`` for the work tree."""
    folder: Path
    """Root of its files."""


def work_tree(root: Path) -> Revision:
    """Return the files of the work tree, committed or not."""
    return Revision(name="the work tree", commit=None, folder=root)


def checked_out(root: Path, ref: str, folder: Path) -> Revision:
    """Write the files of a commit into ``folder``.

    Raises:
        RevisionError: git does not know the commit, or a path in it leads out of the folder.
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
        raise RevisionError(
            f"The files of {ref} cannot be unpacked: {error}. Remove this file from that revision."
        ) from None
    name = commit[:SHORT] if commit.startswith(ref) else f"{ref} ({commit[:SHORT]})"
    return Revision(name=name, commit=commit, folder=folder)


def lacks(root: Path, base: Revision, head: Revision) -> int:
    """Count commits of the base that the head does not have; their changes appear reversed."""
    if base.commit is None or _shallow(root):
        return 0
    counted = _git(root, "rev-list", "--count", f"{head.commit or 'HEAD'}..{base.commit}")
    return 0 if counted.returncode else int(counted.stdout)


def _commit(root: Path, ref: str) -> str:
    found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if not found.returncode:
        return found.stdout.decode().strip()
    if _git(root, "rev-parse", "--git-dir").returncode:
        raise RevisionError(f"{root} is not a git repository, so there is no {ref} to compare with.")
    if _shallow(root):
        raise RevisionError(
            f"This clone is shallow and does not have {ref}. Run `git fetch --depth=1 origin {_remote(ref)}`, then "
            f"compare with FETCH_HEAD, or run `git fetch --unshallow`. In a workflow, set fetch-depth: 0."
        )
    fetch = f": `git fetch origin {ref}`" if _COMMIT.fullmatch(ref) else ""
    raise RevisionError(
        f"git does not know the commit {ref}. Fetch it{fetch}, or use another; `git branch --all` lists branches."
    )


def _remote(ref: str) -> str:
    return ref.removeprefix("refs/remotes/").removeprefix("origin/")


def _shallow(root: Path) -> bool:
    return _git(root, "rev-parse", "--is-shallow-repository").stdout.strip() == b"true"


def _git(root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", *arguments], cwd=root, capture_output=True, timeout=120)
    except FileNotFoundError:
        raise RevisionError("git is not installed. Install it.") from None


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    return done.stderr.decode(errors="replace").strip()
