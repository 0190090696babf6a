"""Helm and the charts of one revision, as far as this machine has them."""

import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from ops.diff import evaluate, local_tools
from ops.diff.local_tools import IstioCharts, NotSaid

ISTIO_REPOSITORY = "istio-release/charts"
TIMEOUT = 120


class NotRendered(Exception):
    """A release cannot be rendered here; the text says why, in one line."""


@dataclass(frozen=True, kw_only=True)
class Release:
    """What helm is asked to render; ``values`` as JSON."""

    name: str
    chart: str
    version: str
    namespace: str
    repository: str
    values: str
    kubernetes: str


# By where the chart came from: most releases are the same in both revisions.
Rendered = dict[tuple[str, Release], str]


def helm() -> Path | None:
    """The pinned helm when it is built, else the one on the PATH; nothing is built here.

    Raises NotRendered.
    """
    try:
        built = local_tools.helm()
    except NotSaid as error:
        raise NotRendered(f"helm cannot be found: {_short(error)}") from None
    if built.exists():
        return built
    found = shutil.which("helm")
    return Path(found) if found else None


@dataclass
class Charts:
    """Charts of a revision: Istio's from the module that it pins, in Go's cache; any from its repository if ``pull``.

    rendered: what helm printed; revisions may share it. notes: what stood in for what, for the reader.
    """

    folder: Path
    pull: bool
    rendered: Rendered = field(default_factory=dict)
    notes: set[str] = field(default_factory=set)

    def render(self, release: Release) -> str:
        """What helm prints.

        Raises NotRendered.
        """
        binary = helm()
        if binary is None:
            raise NotRendered("there is no helm: `make tools` builds it")
        chart = None if self.pull else self._local(release)
        known = str(chart or release.repository), release
        if known not in self.rendered:
            with tempfile.TemporaryDirectory(prefix="ops-diff-helm-") as scratch:
                self.rendered[known] = _template(binary, release, chart, Path(scratch))
        return self.rendered[known]

    def _local(self, release: Release) -> Path:
        istio = _istio(self.folder) if ISTIO_REPOSITORY in release.repository else None
        if istio is None or release.chart not in istio.folders:
            raise NotRendered(f"the chart {release.chart} {release.version} is not on this machine: --pull fetches it")
        if not release.version.startswith(f"{istio.minor}."):
            raise NotRendered(
                f"the pinned module has Istio's charts of {istio.minor}, not of {release.version}: --pull"
            )
        self.notes.add(
            f"Istio's charts of {release.version} are those of the module {istio.version} ({istio.minor}), which "
            "tools/istio pins."
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
    """Istio's charts as the revision in ``folder`` pins them."""
    pinned = folder / "tools" / "istio"
    if not (pinned / "go.mod").is_file():
        raise NotRendered("this revision pins no charts (tools/istio): --pull fetches them")
    try:
        return local_tools.istio_charts(pinned)
    except NotSaid as error:
        raise NotRendered(f"Istio's charts cannot be had: {_short(error)}") from None


def _short(error: NotSaid) -> str:
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
        raise NotRendered(f"helm did not end within {TIMEOUT} s") from None
    if done.returncode:
        raise NotRendered(f"helm refuses: {' '.join(done.stderr.replace(str(scratch), '').split())[:500]}")
    return done.stdout
