"""What a failed world leaves for people to read."""

import subprocess
from pathlib import Path

import pytest

from local.world import running


def test_logs_are_kept_and_nothing_of_what_is_mounted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "LOGS", tmp_path / "kept")
    world = tmp_path / "world"
    for name in ("node/logs/istiod.log", "root/of-this-computer.log", "node/keys/admin.conf"):
        (world / name).parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "none", world / "root"], check=True)
    for name in ("node/logs/istiod.log", "root/of-this-computer.log", "node/keys/admin.conf"):
        (world / name).write_text(name)
    kept = running.keep_logs("dev", world)
    assert [path.relative_to(kept) for path in kept.rglob("*") if path.is_file()] == [Path("node/logs/istiod.log")]
