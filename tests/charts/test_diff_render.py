"""``ops diff`` with the real helm: what two renders differ in, and what it says where it cannot render."""

import functools
import http.server
import shutil
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ops.diff import charts
from ops.diff.changes import Comparison, Kind, ReleaseChange
from ops.diff.charts import Charts, NotRenderedError, Release
from tests.support import needs
from tests.support.stack_files import ROOT
from tests.support.unit import diff_world as world

ISTIOD, GATEWAY = "istiod-1-31-1", "gateway-public"


@pytest.fixture(scope="module")
def pinned() -> Charts:
    """Charts that this revision pins."""
    needs.tool("helm")
    needs.istio_charts()
    return Charts(folder=ROOT, pull=False)


def compared(pinned: Charts, before: dict[str, Any], after: dict[str, Any]) -> Comparison:
    return world.compared(before, after, renders=(pinned.render, pinned.render))


def release(comparison: Comparison, name: str) -> ReleaseChange:
    (found,) = [each for each in comparison.releases if each.name == name]
    return found


def test_a_stack_renders_the_same_twice(pinned: Charts) -> None:
    assert compared(pinned, world.planned("prod"), world.planned("prod")).releases == ()


def test_a_setting_shows_in_the_objects_it_reaches_and_no_others(pinned: Charts) -> None:
    outbound = world.planned("dev", "mesh", outbound="registry-only")
    found = release(compared(pinned, world.planned("dev"), outbound), ISTIOD)
    assert {each.path for each in found.values} == {"values.meshConfig.outboundTrafficPolicy.mode"}
    assert [each.identity for each in found.manifests or ()] == [("ConfigMap", "istio-system", "istio-1-31-1")]
    (changed,) = found.manifests or ()
    assert [each.strip() for each in changed.lines if each[0] in "+-"] == [
        "-      mode: ALLOW_ANY",
        "+      mode: REGISTRY_ONLY",
    ]


def test_what_the_charts_stand_in_for_is_said(pinned: Charts) -> None:
    compared(pinned, world.planned("dev"), world.planned("dev"))
    (note,) = pinned.notes
    assert "Istio 1.31.1 was rendered with the charts of the Go module" in note


def test_the_rules_read_what_is_rendered(pinned: Charts) -> None:
    """The larger size brings budgets; on the way back the rule sees them go."""
    large = world.planned("prod", "mesh", size="large")
    found = compared(pinned, large, world.planned("prod"))
    told = [f"{risk.subject} {risk.told}" for risk in found.risks if risk.rule == "budget-is-loosened"]
    assert any(
        each.startswith("gateway-public/gateway-public (HorizontalPodAutoscaler) spec.minReplicas: 6") for each in told
    )


def test_a_canary_is_shown_against_its_predecessor(pinned: Charts) -> None:
    found = compared(pinned, world.planned("dev"), world.planned("dev", "mesh", canaryVersion="1.31.2"))
    canary = release(found, "istiod-1-31-2")
    assert (canary.kind, canary.compared_with) == (Kind.ADDED, ISTIOD)
    lines = [line for each in canary.manifests or () for line in each.lines if line[0] in "+-"]
    assert lines
    assert all("1.31." in line for line in lines)
    assert not [each for each in canary.manifests or () if each.kind is not Kind.CHANGED]


def test_charts_of_another_minor_are_not_taken_for_it(pinned: Charts) -> None:
    with pytest.raises(NotRenderedError, match=r"charts of 1.31, not of 1.30.3"):
        pinned.render(istio("1.30.3"))


def test_a_chart_that_is_not_here_says_how_to_get_it(pinned: Charts) -> None:
    controller = replace(
        istio("3.6.0"), chart="aws-load-balancer-controller", repository="https://aws.github.io/eks-charts"
    )
    with pytest.raises(NotRenderedError, match=r"is not on this machine. Fetch it with --pull"):
        pinned.render(controller)


def test_a_revision_that_pins_no_charts_says_so(pinned: Charts, tmp_path: Path) -> None:
    with pytest.raises(NotRenderedError, match="pins no Istio charts"):
        Charts(folder=tmp_path, pull=False).render(istio("1.31.1"))


def test_without_go_it_says_what_is_missing(pinned: Charts, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Of a folder that nobody asked about yet: each is asked about once."""
    revision = pins_charts(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        NotRenderedError, match=r"charts are not available: Go .* is needed to build istio.*no `go` on the PATH"
    ):
        Charts(folder=revision, pull=False).render(istio("1.31.1"))


def test_a_revision_is_asked_once_for_its_charts(
    pinned: Charts, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whether it answers or not."""
    asked: list[object] = []

    def run(arguments: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        asked.append(arguments)
        return subprocess.CompletedProcess(arguments, 1, "", "no")

    charts.helm()
    monkeypatch.setattr(subprocess, "run", run)
    silent = Charts(folder=pins_charts(tmp_path), pull=False)
    with ThreadPoolExecutor(2) as pool:
        tries = [pool.submit(silent.render, istio("1.31.1")) for _ in range(4)]
    assert {str(each.exception()) for each in tries} == {"Istio's charts are not available: no"}
    assert len(asked) == 1


def pins_charts(folder: Path) -> Path:
    """A revision with nothing but the pins of the charts."""
    shutil.copytree(ROOT / "tools" / "istio", folder / "tools" / "istio")
    return folder


def test_without_helm_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts, "helm", lambda: None)
    with pytest.raises(NotRenderedError, match=r"helm is not installed. Build it with `make tools`"):
        Charts(folder=ROOT, pull=False).render(istio("1.31.1"))


def test_values_that_a_chart_refuses_are_told_by_helm(pinned: Charts) -> None:
    with pytest.raises(NotRenderedError, match="helm failed"):
        pinned.render(replace(istio("1.31.1"), chart="gateway", values='{"nosuch": 1, "service": 3}'))


def istio(version: str) -> Release:
    return Release(
        name="istiod",
        chart="istiod",
        version=version,
        namespace="istio-system",
        repository="https://blob.istio.io/istio-release/charts",
        values="{}",
        kubernetes="1.36.0",
    )


TEMPLATE = """apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
  labels:
    helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
  annotations:
    checksum/values: {{ .Values.color | sha256sum }}
data:
  made: "%s"
---
apiVersion: v1
kind: Secret
metadata:
  name: generated
data:
  {{- $ca := genCA "mine" 365 }}
  tls.key: {{ $ca.Key | b64enc }}
"""


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A chart repository with three versions of one chart; the second differs from the first in nothing of its own."""
    folder = tmp_path_factory.mktemp("charts")
    for version, made in (("1.0.0", "red"), ("1.0.1", "red"), ("1.1.0", "blue")):
        chart = folder / version / "paint"
        (chart / "templates").mkdir(parents=True)
        (chart / "Chart.yaml").write_text(f"apiVersion: v2\nname: paint\nversion: {version}\n")
        (chart / "values.yaml").write_text(f"color: {version}\n")
        (chart / "templates" / "all.yaml").write_text(TEMPLATE % made)
        helm("package", str(chart), "--destination", str(folder))
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        address = f"http://127.0.0.1:{server.server_address[1]}"
        helm("repo", "index", str(folder), "--url", address)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield address
        server.shutdown()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Nobody reads it."""


def helm(*arguments: str) -> None:
    subprocess.run([str(needs.tool("helm")), *arguments], check=True, capture_output=True)


def painted(repository: str, version: str) -> dict[str, Any]:
    inputs = {
        "name": "p",
        "chart": "paint",
        "version": version,
        "namespace": "n",
        "repositoryOpts": {"repo": repository},
    }
    return world.document(world.resource("kubernetes:helm.sh/v3:Release", "p", inputs))


def pulled(repository: str, before: str, after: str) -> ReleaseChange:
    fetched = Charts(folder=ROOT, pull=True)
    return release(compared(fetched, painted(repository, before), painted(repository, after)), "p")


def test_charts_are_fetched_where_that_is_asked_for(repository: str) -> None:
    found = pulled(repository, "1.0.0", "1.1.0")
    (changed,) = found.manifests or ()
    assert changed.identity == ("ConfigMap", "", "p")
    assert [each for each in changed.lines if each[0] in "+-"] == ["-  made: red", "+  made: blue"]


def test_another_version_that_brings_the_same_brings_no_noise(repository: str) -> None:
    """Helm's labels, checksums and certificates that every render makes anew."""
    found = pulled(repository, "1.0.0", "1.0.1")
    assert [each.path for each in found.values] == ["version"]
    assert found.manifests == ()


def test_nothing_secret_is_kept_of_a_render(repository: str) -> None:
    found = pulled(repository, "1.0.0", "1.1.0")
    assert found.after
    assert found.after["Secret", "", "generated"]["data"] == {"tls.key": "[secret]"}


def test_a_repository_that_does_not_answer_is_told(repository: str) -> None:
    found = pulled("http://127.0.0.1:1", "1.0.0", "1.1.0")
    assert found.manifests is None
    assert "helm failed" in str(found.not_rendered)
    assert [each.path for each in found.values] == ["version"]
