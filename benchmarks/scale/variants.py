"""What is compared: the chart's defaults, two published tuning guides, our sizes, and single settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from components.istio import charts, istiod_values, mesh_config, policy
from components.settings import Images, Mesh, Size, names

Manifest = Mapping[str, Any]
Values = Mapping[str, Any]

SIZES: tuple[Size, ...] = ("small", "medium", "large", "xlarge")
_SCOPE = policy.sidecar(names.ISTIO_SYSTEM, policy.SCOPE)
_CPU_LIMIT = {"limits": {"cpu": "1000m"}}


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One way to run istiod.

    values: of its chart. policies: objects of the root namespace.
    """

    name: str
    description: str
    values: Values
    policies: tuple[Manifest, ...] = ()

    @property
    def scoped(self) -> bool:
        """Return whether a proxy knows its own namespace only."""
        return any(each["kind"] == "Sidecar" for each in self.policies)


def _alone(name: str, description: str, values: Values, *policies: Manifest) -> Variant:
    return Variant(name=name, description=description, values=values, policies=policies)


def _environment(**variables: str) -> Values:
    return {"env": variables}


def _told(variables: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in variables.items())


# Of the second source of advice, what exists: resources, discoverySelectors and these variables. The namespaces of the
# layout carry the label that its selectors ask for, which it does not tell its readers to set.
_PRINTED: Values = {
    "resources": {"requests": {"cpu": "500m", "memory": "2Gi"}, "limits": {"cpu": "1000m", "memory": "4Gi"}},
    "env": {
        "PILOT_PUSH_THROTTLE": "50",
        "PILOT_ENABLE_EDS_DEBOUNCE": "true",
        "PILOT_DEBOUNCE_AFTER": "100ms",
        "PILOT_DEBOUNCE_MAX": "1000ms",
    },
    "meshConfig": {
        "discoverySelectors": [
            {"matchExpressions": [{"key": names.DISCOVERY_KEY, "operator": "In", "values": [names.DISCOVERY_VALUE]}]}
        ]
    },
}


def ours(mesh: Mesh, size: Size) -> Variant:
    """Return what the program installs for a mesh of this size, with its policies."""
    sized = mesh.model_copy(update={"size": size})
    return Variant(
        name=size,
        description=f"this program at mesh.size {size}",
        values=charts.istiod(sized, Images(), mesh.version).values,
        policies=policy.mesh(mesh.access_logs),
    )


def variants(mesh: Mesh) -> dict[str, Variant]:
    """Return all variants by name, in the order of a first round. mesh: settings that our variants use."""
    selectors = {"discoverySelectors": mesh_config.mesh_config(mesh)["discoverySelectors"]}
    debounce = istiod_values.debounce()
    every = (
        _alone("defaults", "Istio's chart without any value", {}),
        _alone("guides", "the settings that two published tuning guides print, those that exist", _PRINTED),
        *(ours(mesh, size) for size in SIZES),
        _alone("sidecar-scope", "defaults and a Sidecar for the mesh: ./* and istio-system/*", {}, _SCOPE),
        _alone("discovery-selectors", "defaults and discoverySelectors", {"meshConfig": selectors}),
        _alone(
            "gateway-filter",
            "defaults and PILOT_FILTER_GATEWAY_CLUSTER_CONFIG",
            _environment(PILOT_FILTER_GATEWAY_CLUSTER_CONFIG="true"),
        ),
        _alone("cpu-limit", "defaults and a CPU limit of 1000m, as the guides print it", {"resources": _CPU_LIMIT}),
        _alone(
            "push-throttle",
            "defaults and PILOT_PUSH_THROTTLE=50, as the guides print it",
            _environment(PILOT_PUSH_THROTTLE="50"),
        ),
        _alone(
            "debounce-max",
            "defaults and PILOT_DEBOUNCE_MAX=1000ms, as the guides print it",
            _environment(PILOT_DEBOUNCE_MAX="1000ms"),
        ),
        _alone("debounce", f"defaults and {_told(debounce)}, as our sizes have them", {"env": debounce}),
    )
    return {each.name: each for each in every}
