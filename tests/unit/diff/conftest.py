"""Repositories that are compared."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import stack_files
from tests.support.stack_files import ROOT
from tests.support.unit.diff_repository import PROGRAM, SMALL, Repository, text

# What a preview is made of. Without tools/ no charts are pinned: nothing is rendered here.
PARTS = (
    "components",
    "ops",
    "local",
    "__main__.py",
    "Pulumi.yaml",
    "requirements.txt",
)


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
