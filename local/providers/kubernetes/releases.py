"""Helm releases by the real helm, with the charts of Istio's own module in the place of the published ones.

Flags and texts are those of pulumi-kubernetes provider/pkg/provider/helm_release.go. What the provider cannot recover
from, as a release that a killed helm left pending, it does not recover from here either.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import yaml

from components.charts.values import Values, merge
from local.providers.kubernetes.helm_command import Helm, HelmFailedError
from local.providers.kubernetes.target import Manifest
from local.providers.protocol.failures import RefusedError, UnreadyError

# Seconds, unless a release says so.
TIMEOUT = 300

# Upstream Envoy stands in for istio-proxy and has none of Istio's own filters: istiod must not send them.
ADDED: Mapping[str, Values] = {
    "istiod": {
        "env": {"PILOT_ENABLE_METADATA_EXCHANGE": "false", "PILOT_ENABLE_ALPN_FILTER": "false"},
        "telemetry": {"enabled": False},
    }
}

Reasons = Callable[[Manifest], list[str]]


def added() -> list[str]:
    """Return every value that is not the program's, as ``chart: key=value``; a report of results must show them too."""
    return [
        f"{chart}: {path}={json.dumps(value)}" for chart, values in ADDED.items() for path, value in _leaves(values)
    ]


class Releases:
    """``charts``: folders by the name a chart is published under. reasons: why a workload is not ready."""

    def __init__(self, helm: Helm, charts: Mapping[str, Path], reasons: Reasons) -> None:
        self._helm = helm
        self._charts = charts
        self._reasons = reasons

    def install(self, release: Manifest) -> Manifest:
        """Install the chart.

        Raises RefusedError when no release was made, UnreadyError when the release exists and failed.
        """
        before = self._row(release)
        try:
            self._helm.run("install", *self._applying(release), given=_values(release))
        except HelmFailedError as failure:
            after = self._row(release)
            # The provider dies with the Helm inside it, and has then made nothing that the engine knows of.
            if before is not None or after is None or failure.killed:
                raise RefusedError(str(failure)) from None
            raise self._unready(release, failure, "was created, but failed to initialize completely") from None
        return self._outputs(release)

    def upgrade(self, release: Manifest) -> Manifest:
        """Upgrade the release.

        Raises RefusedError when no upgrade was begun, UnreadyError when the new revision failed.
        """
        before = self._row(release)
        arguments = [*self._applying(release), "--history-max", str(release.get("maxHistory", 0))]
        for flag, asked in (("cleanup-on-fail", "cleanupOnFail"), ("reset-values", "resetValues")):
            arguments += [f"--{flag}"] if release.get(asked) else []
        try:
            self._helm.run("upgrade", *arguments, given=_values(release))
        except HelmFailedError as failure:
            after = self._row(release)
            begun = before is not None and after is not None and int(after["revision"]) > int(before["revision"])
            if not begun or failure.killed:
                raise RefusedError(str(failure)) from None
            raise self._unready(release, failure, "failed to initialize completely") from None
        return self._outputs(release)

    def uninstall(self, release: Manifest) -> None:
        """Uninstall the release, and wait until all of its objects are deleted, except those that helm keeps."""
        arguments = [release["name"], *_where(release)]
        if not release.get("skipAwait"):
            arguments += _waiting(release)
        try:
            self._helm.run("uninstall", *arguments)
        except HelmFailedError as failure:
            raise RefusedError(str(failure)) from None

    def find(self, release: Manifest) -> Manifest | None:
        """Return the outputs of an existing release in any state."""
        return None if self._row(release) is None else self._outputs(release)

    def all(self) -> dict[str, Manifest]:
        """Return helm's rows, by namespace/name."""
        return {f"{row['namespace']}/{row['name']}": row for row in self._helm.listed("--all-namespaces")}

    def stop(self) -> None:
        """Terminate running commands; they count as failed."""
        self._helm.stop()

    def _applying(self, release: Manifest) -> list[str]:
        chart = self._charts.get(release["chart"])
        if chart is None:
            raise RefusedError(f"chart {release['chart']} is not here: there are {', '.join(sorted(self._charts))}")
        asked = {"atomic": "atomic", "create-namespace": "createNamespace", "skip-crds": "skipCrds"}
        flags = [f"--{flag}" for flag, name in asked.items() if release.get(name)]
        awaited = [] if release.get("skipAwait") else _waiting(release)
        return [release["name"], str(chart), *_where(release), "--values", "-", *awaited, *flags]

    def _row(self, release: Manifest) -> Manifest | None:
        rows = self._helm.listed(*_where(release), "--filter", f"^{release['name']}$")
        return rows[0] if rows else None

    def _outputs(self, release: Manifest) -> Manifest:
        """Return the provider's outputs; ``resourceNames`` stays empty, because nothing reads it."""
        row = self._row(release) or {}
        chart, _, version = str(row.get("chart", "")).rpartition("-")
        status = {
            "appVersion": row.get("app_version", ""),
            "chart": chart,
            "name": release["name"],
            "namespace": _where(release)[1],
            "revision": int(row.get("revision", 0)),
            "status": row.get("status", ""),
            "version": version,
        }
        return release | {"namespace": status["namespace"], "resourceNames": {}, "status": status}

    def _unready(self, release: Manifest, failure: HelmFailedError, what: str) -> UnreadyError:
        id_ = f"{_where(release)[1]}/{release['name']}"
        text = (
            f'Helm release "{id_}" {what}. Use Helm CLI to investigate: failed to become available within allocated '
            f"timeout. Error: Helm Release {id_}: {failure}"
        )
        return UnreadyError("\n".join([text, *self._lacking(release)]), id_, self._outputs(release))

    def _lacking(self, release: Manifest) -> list[str]:
        try:
            manifest = self._helm.run("get", "manifest", release["name"], *_where(release))
        except HelmFailedError as failure:
            return [f"what is in it cannot be found out: {failure}"]
        found = [each for each in yaml.safe_load_all(manifest) if each]
        return [reason for each in found for reason in self._reasons(_placed(each, _where(release)[1]))]


def _values(release: Manifest) -> str:
    """Return the values for standard input: they are never written to a file."""
    return json.dumps(merge(release.get("values", {}), ADDED.get(release["chart"], {})))


def _where(release: Manifest) -> tuple[str, str]:
    return "--namespace", str(release.get("namespace") or "default")


def _waiting(release: Manifest) -> list[str]:
    return ["--wait", "--timeout", f"{release.get('timeout') or TIMEOUT}s"]


def _placed(manifest: Manifest, namespace: str) -> Manifest:
    return manifest | {"metadata": {"namespace": namespace, **manifest["metadata"]}}


def _leaves(values: Values, path: str = "") -> Iterator[tuple[str, object]]:
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", value
