"""Releases as the program emits them, rendered by helm as the provider would."""

import json
import re
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from components.settings import versions
from tests.support.unit.recorded import Node

Manifest = dict[str, Any]
Identity = tuple[str, str, str]

ALL_VALUES = re.compile(r"^  name: values(-\S+)?$", re.MULTILINE)
RELEASE = "kubernetes:helm.sh/v3:Release"


@dataclass(frozen=True, kw_only=True)
class Release:
    """What helm is asked to install; ``values`` as JSON, so that equal ones are rendered once."""

    name: str
    chart: str
    version: str
    namespace: str
    values_json: str

    @property
    def values(self) -> dict[str, Any]:
        decoded: dict[str, Any] = json.loads(self.values_json)
        return decoded

    def given(self, values: Mapping[str, Any]) -> "Release":
        """The same release with other values."""
        return replace(self, values_json=json.dumps(values, sort_keys=True))


def release(node: Node) -> Release:
    """Of a recorded resource."""
    inputs = node.inputs
    return Release(
        **{key: inputs[key] for key in ("name", "chart", "version", "namespace")},
        values_json=json.dumps(inputs["values"], sort_keys=True),
    )


class Rendered:
    """The manifests of one release."""

    def __init__(self, release: Release, text: str) -> None:
        self.release = release
        self.text = text

    @property
    def objects(self) -> list[Manifest]:
        return parsed(self.text)

    def all(self, kind: str) -> list[Manifest]:
        return [each for each in self.objects if each["kind"] == kind]

    def one(self, kind: str, name: str | None = None) -> Manifest:
        found = [each for each in self.all(kind) if name in (None, each["metadata"]["name"])]
        assert len(found) == 1, f"{kind} {name or ''} of {self.release.name}: {len(found)}"
        return found[0]

    @cached_property
    def identities(self) -> set[Identity]:
        return {identity(each) for each in self.objects}

    @property
    def pod(self) -> Manifest:
        """The pod of its only workload."""
        (workload,) = [each for each in self.objects if each["kind"] in ("Deployment", "DaemonSet")]
        template: Manifest = workload["spec"]["template"]
        return template


def identity(manifest: Mapping[str, Any]) -> Identity:
    metadata = manifest["metadata"]
    return manifest["kind"], metadata.get("namespace", ""), metadata["name"]


@cache
def parsed(text: str) -> list[Manifest]:
    return [each for each in yaml.load_all(text, Loader=yaml.CSafeLoader) if each]


class Helm:
    """``helm template`` of Istio's charts; a release is rendered once."""

    def __init__(self, binary: Path, charts: Mapping[str, Path]) -> None:
        self.binary = binary
        self.charts = charts
        self._texts: dict[Release, str] = {}

    def render(self, release: Release) -> Rendered:
        """Manifests of a release that helm accepts."""
        done = self._template(release)
        assert not done.returncode, f"helm refuses {release.name}: {done.stderr}"
        return Rendered(release, done.stdout)

    def effect(self, release: Release) -> str:
        """What the values bring about: the manifests without those that only repeat them, or the refusal."""
        if release not in self._texts:
            done = self._template(release)
            self._texts[release] = without_echoes(done.stdout) if not done.returncode else f"refused: {done.stderr}"
        return self._texts[release]

    def _template(self, release: Release) -> subprocess.CompletedProcess[str]:
        where = ["--namespace", release.namespace, "--kube-version", f"{versions.KUBERNETES}.0"]
        return subprocess.run(
            [str(self.binary), "template", release.name, str(self.charts[release.chart]), *where, "--values", "-"],
            input=release.values_json,
            capture_output=True,
            text=True,
            timeout=60,
        )


def without_echoes(text: str) -> str:
    """Without what repeats all values, for debugging or for the injector: there every leaf would show.

    These are the ConfigMap ``values-<revision>`` and the key ``values`` of ``istio-sidecar-injector-<revision>``.
    """
    kept = (each for each in text.split("\n---\n") if not ALL_VALUES.search(each))
    return "\n---\n".join(_without_injector_values(each) for each in kept)


def _without_injector_values(document: str) -> str:
    if not re.search(r"^  name: istio-sidecar-injector", document, re.MULTILINE) or "kind: ConfigMap" not in document:
        return document
    kept, cut = re.subn(r"^  values: \|-\n(?:    .*\n|\n)*", "", document, flags=re.MULTILINE)
    assert cut == 1, "the injector's ConfigMap has another form"
    return kept


def identities(rendered: Iterable[Rendered]) -> set[Identity]:
    return {each for one in rendered for each in one.identities}
