"""What holds of every Helm release; whether a chart understands its values is asked of the chart itself."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from components import settings
from components.cluster import nodes
from components.istio import charts
from tests.support.unit.mesh_settings import mesh
from tests.support.unit.releases import ALL, IMAGES, controller, every, gateway, istiod


def leaves(values: Mapping[str, Any], path: str = "") -> Iterator[str]:
    for key, value in values.items():
        yield from leaves(value, f"{path}{key}.") if isinstance(value, Mapping) else [path + key]


@ALL
def test_every_release_is_named_pinned_and_waited_for(size: settings.Size) -> None:
    for release in every(size):
        assert release.name
        assert release.version.count(".") == 2
        assert release.timeout_seconds >= 600


@ALL
def test_no_two_releases_share_a_name(size: settings.Size) -> None:
    found = [release.name for release in every(size)]
    assert len(found) == len(set(found))


@ALL
def test_pods_of_the_system_tolerate_and_select_its_nodes(size: settings.Size) -> None:
    for release in [istiod(size=size), gateway(size), controller()]:
        assert release.values["tolerations"] == nodes.SYSTEM_TOLERATIONS
        assert release.values["nodeSelector"] == nodes.SYSTEM_SELECTOR


@ALL
def test_images_come_from_the_hub_of_the_settings_at_the_version_of_the_chart(size: settings.Size) -> None:
    for release in [charts.cni(mesh(size=size), IMAGES), istiod(size=size)]:
        assert release.values["global"]["hub"] == "hub.example.org/istio"
        assert release.values["global"]["tag"] == release.version


@pytest.mark.parametrize("chart", ["base", "cni", "istiod"])
def test_values_of_the_settings_come_last_in_istios_charts(chart: str) -> None:
    asked = mesh(values={chart: {"defaultRevision": "x", "resources": {"requests": {"cpu": "9"}}}})
    release = {
        "base": charts.base(asked),
        "cni": charts.cni(asked, IMAGES),
        "istiod": charts.istiod(asked, IMAGES, asked.version),
    }[chart]
    assert release.values["defaultRevision"] == "x"
    assert release.values["resources"]["requests"]["cpu"] == "9"


def test_values_of_the_settings_come_last_in_gateway_and_controller() -> None:
    assert gateway(values={"minReadySeconds": 5}).values["minReadySeconds"] == 5
    assert controller({"replicaCount": 3}).values["replicaCount"] == 3


@ALL
def test_no_chart_makes_the_tag(size: settings.Size) -> None:
    assert not any("revisionTags" in leaf for release in every(size) for leaf in leaves(release.values))


@ALL
def test_seccomp_is_on_wherever_a_chart_lets_it_be_set(size: settings.Size) -> None:
    assert istiod(size=size).values["seccompProfile"] == {"type": "RuntimeDefault"}
    assert istiod(size=size).values["global"]["proxy"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert charts.cni(mesh(size=size), IMAGES).values["seccompProfile"] == {"type": "RuntimeDefault"}
    assert gateway(size).values["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
