"""Paths as a pod sees them."""

import os
from pathlib import Path

import pytest

from local.node.paths import follow, make_folders


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "run").mkdir()
    (tmp_path / "var").mkdir()
    (tmp_path / "var/run").symlink_to("/run")
    (tmp_path / "var/up").symlink_to("../run")
    (tmp_path / "loop").symlink_to("/loop")
    return tmp_path


@pytest.mark.parametrize(
    ("path", "leads"),
    [
        ("/var/run/secrets/tokens", "run/secrets/tokens"),
        ("/var/up/x", "run/x"),
        ("/var/run/../etc", "etc"),
        ("/../../run", "run"),
        ("/", ""),
    ],
)
def test_links_lead_where_they_lead_within(root: Path, path: str, leads: str) -> None:
    assert follow(Path(path), root)[0] == root / leads


def test_the_links_passed_are_known(root: Path) -> None:
    assert follow(root / "var/up/x")[1] == [root / "var/up"]


def test_a_loop_is_an_error(root: Path) -> None:
    with pytest.raises(OSError, match="too many links"):
        follow(Path("/loop/x"), root)


def test_folders_are_everyones_to_pass_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        make_folders(tmp_path / "a/b")
    finally:
        os.umask(before)
    assert {each.stat().st_mode & 0o777 for each in (tmp_path / "a", tmp_path / "a/b")} == {0o755}
