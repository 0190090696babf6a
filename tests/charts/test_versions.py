"""What is rendered here stands for what is deployed, and a build that fails says why."""

import json
import subprocess
from pathlib import Path

import pytest

from components.settings import versions
from local.tools import command, go, tools
from local.tools import pinned as pinned_tools
from tests.support.charts.releases import Helm


def test_the_charts_are_of_the_minor_version_that_is_deployed(helm: Helm) -> None:
    """Charts of one minor version differ between its patches in image tags only, which the values set."""
    assert helm.charts
    assert tools.istio_minor(tools.istio()) == versions.minor(versions.ISTIO) == pinned_tools.ISTIO_MINOR


def test_both_versions_are_printed(helm: Helm, capsys: pytest.CaptureFixture[str]) -> None:
    assert helm.charts
    assert command.main(["--versions"]) == 0
    printed = capsys.readouterr().out
    for text in (versions.ISTIO, versions.PULUMI_CLI, pinned_tools.pinned("istio", tools.ISTIO), tools.PROVIDER_HELM):
        assert text in printed


def test_the_charts_of_a_folder_are_printed_for_other_programs(helm: Helm, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--charts", str(pinned_tools.SOURCES / "istio")]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert {name: Path(folder) for name, folder in printed.pop("charts").items()} == helm.charts
    assert printed == {"version": pinned_tools.pinned("istio", tools.ISTIO), "minor": pinned_tools.ISTIO_MINOR}


@pytest.mark.usefixtures("helm")
def test_a_go_that_is_too_old_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOTOOLCHAIN", "local")
    (tmp_path / "go.mod").write_text("module example.org/later\n\ngo 9.99\n")
    with pytest.raises(go.GoMissingError, match=r"Go 9\.99 or newer is needed.*says: go1"):
        go.command(tmp_path)


@pytest.mark.usefixtures("helm")
def test_a_build_that_fails_says_what_go_says(tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module example.org/broken\n\ngo 1.21\n")
    (tmp_path / "main.go").write_text("package main\n\nfunc main() { missing() }\n")
    with pytest.raises(go.GoError, match="undefined: missing"):
        go.build(["-o", str(tmp_path / "broken"), "."], tmp_path)


def test_helm_is_the_one_that_is_pinned(helm: Helm) -> None:
    said = subprocess.run([helm.binary, "version"], capture_output=True, text=True, check=True, timeout=30).stdout
    assert f'Version:"{pinned_tools.TOOLS["helm"].version}"' in said
