"""Istio's charts, rendered by helm for one variant, and what of them a control plane without nodes is given."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from components.settings import names, versions
from local.providers.kubernetes.helm_command import Helm
from local.tools import tools

Manifest = dict[str, Any]

# What would run pods, and what would ask istiod's webhooks: they stand in nobody's way here.
LEFT_OUT = frozenset(
    {
        *("Deployment", "HorizontalPodAutoscaler", "PodDisruptionBudget", "NetworkPolicy"),
        *("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"),
    }
)
# With it an agent marks what it says of its proxy to istiod.
_META = "ISTIO_META_"


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """objects: for the API server. pod: of the Deployment."""

    objects: tuple[Manifest, ...]
    pod: Manifest

    @property
    def container(self) -> Manifest:
        """Return istiod's container."""
        [found] = self.pod["spec"]["containers"]
        container: Manifest = found
        return container

    @property
    def metadata(self) -> dict[str, Any]:
        """Return the metadata that agents of this mesh report to istiod because the mesh's configuration says so."""
        [mesh] = [each["data"]["mesh"] for each in self.objects if "mesh" in (each.get("data") or {})]
        said = (yaml.safe_load(mesh).get("defaultConfig") or {}).get("proxyMetadata") or {}
        return {key.removeprefix(_META): value for key, value in said.items() if key.startswith(_META)}


def istiod(helm: Helm, values: Mapping[str, Any]) -> Rendered:
    """Render the chart with these values over the chart's own."""
    objects = _template(helm, "istiod", values)
    [deployment] = [each for each in objects if each["kind"] == "Deployment"]
    return Rendered(
        objects=tuple(each for each in objects if each["kind"] not in LEFT_OUT),
        pod=deployment["spec"]["template"],
    )


def definitions(helm: Helm) -> list[Manifest]:
    """Return Istio's resource definitions, and the other objects of the chart ``base``."""
    return [each for each in _template(helm, "base", {}) if each["kind"] not in LEFT_OUT]


def _template(helm: Helm, chart: str, values: Mapping[str, Any]) -> list[Manifest]:
    where = ("--namespace", names.ISTIO_SYSTEM, "--kube-version", f"{versions.KUBERNETES}.0", "--include-crds")
    text = helm.run(
        "template", chart, str(tools.charts()[chart]), *where, "--values", "-", given=json.dumps(dict(values))
    )
    return [each for each in yaml.load_all(text, Loader=yaml.CSafeLoader) if each]
