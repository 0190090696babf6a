"""Helm and the charts of one revision that this machine has."""

import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from ops.diff import evaluate, local_tools
from ops.diff.local_tools import IstioCharts, LocalToolsError

ISTIO_REPOSITORY = "istio-release/charts"
# Seconds that one run of helm may take.
TIMEOUT = 120


class NotRenderedError(Exception):
    """A release cannot be rendered here; the text gives the reason in one line."""


@dataclass(frozen=True, kw_only=True)
class Release:
    """A release for helm to render; ``values`` as JSON."""

    name: str
    chart: str
    version: str
    namespace: str
    repository: str
    values: str
    kubernetes: str


# Output of helm by origin of the chart and release: most releases are the same in both revisions.
Rendered = dict[tuple[str, Release], str]


def helm() -> Path | None:
    """Return the pinned helm if it is built, else the helm on the PATH; nothing is built here.

    Raises:
        NotRenderedError: The tools of this repository fail.
    """
    try:
        built = local_tools.helm()
    except LocalToolsError as error:
        raise NotRenderedError(f"helm was not found: {_short(error)}") from None
    if built.exists():
        return built
    found = shutil.which("helm")
    return Path(found) if found else None


@dataclass
class Charts:
    """Charts of a revision.

    Istio's charts come from the Go module that the revision pins. With ``pull``, every chart comes from its repository.
    """

    folder: Path
    """Root of the revision's files."""
    pull: bool
    rendered: Rendered = field(default_factory=dict)
    """Output of helm; both revisions may share it."""
    notes: set[str] = field(default_factory=set)
    """Notes for the reader about charts used in place of others."""

    def render(self, release: Release) -> str:
        """Return the manifests that helm prints.

        Raises:
            NotRenderedError: helm or the chart is missing here, or helm fails.
        """
        binary = helm()
        if binary is None:
            raise NotRenderedError("helm is not installed. Build it with `make tools`")
        chart = None if self.pull else self._local(release)
        known = str(chart or release.repository), release
        if known not in self.rendered:
            with tempfile.TemporaryDirectory(prefix="ops-diff-helm-") as scratch:
                self.rendered[known] = _template(binary, release, chart, Path(scratch))
        return self.rendered[known]

    def _local(self, release: Release) -> Path:
        istio = _istio(self.folder) if ISTIO_REPOSITORY in release.repository else None
        if istio is None or release.chart not in istio.folders:
            raise NotRenderedError(
                f"the chart {release.chart} {release.version} is not on this machine. Fetch it with --pull"
            )
        if not release.version.startswith(f"{istio.minor}."):
            raise NotRenderedError(
                f"the pinned module has Istio's charts of {istio.minor}, not of {release.version}. Use --pull"
            )
        self.notes.add(
            f"Istio {release.version} was rendered with the charts of the Go module {istio.version} ({istio.minor}), "
            "which tools/istio pins."
        )
        return istio.folders[release.chart]


def _template(binary: Path, release: Release, chart: Path | None, scratch: Path) -> str:
    if chart is None:
        wanted = ["--repo", release.repository, "--version", release.version]
        _helm(binary, ["pull", release.chart, *wanted, "--untar", "--untardir", str(scratch)], scratch, "")
        chart = scratch / release.chart
    asked = ["--namespace", release.namespace, "--kube-version", release.kubernetes, "--values", "-"]
    return _helm(binary, ["template", release.name, str(chart), *asked], scratch, release.values)


def _istio(folder: Path) -> IstioCharts:
    """Return Istio's charts of the version that the revision in ``folder`` pins."""
    pinned = folder / "tools" / "istio"
    if not (pinned / "go.mod").is_file():
        raise NotRenderedError("this revision pins no Istio charts (tools/istio). Fetch them with --pull")
    try:
        return local_tools.istio_charts(pinned)
    except LocalToolsError as error:
        raise NotRenderedError(f"Istio's charts are not available: {_short(error)}") from None


def _short(error: LocalToolsError) -> str:
    return " ".join(str(error).split())[:300]


def _helm(binary: Path, arguments: list[str], scratch: Path, given: str) -> str:
    homes = {f"HELM_{each}_HOME": str(scratch / each.lower()) for each in ("CACHE", "CONFIG", "DATA")}
    try:
        done = subprocess.run(
            [str(binary), *arguments],
            input=given,
            env=evaluate.environment() | homes,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
        )
    except subprocess.TimeoutExpired:
        raise NotRenderedError(f"helm did not finish within {TIMEOUT} s") from None
    if done.returncode:
        raise NotRenderedError(f"helm failed: {' '.join(done.stderr.replace(str(scratch), '').split())[:500]}")
    return done.stdout
