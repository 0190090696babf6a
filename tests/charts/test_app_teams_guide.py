"""Istio's objects of the guide for app teams, against the definitions that the chart ``base`` installs."""

import pytest

from tests.support.charts import crds
from tests.support.charts.deployed import Deployed
from tests.support.unit import guide

ISTIO = [each for each in guide.manifests() if "istio.io" in each["apiVersion"]]


@pytest.mark.parametrize("manifest", ISTIO, ids=lambda each: each["kind"])
def test_every_field_exists(every: dict[str, Deployed], manifest: guide.Manifest) -> None:
    schemas = crds.schemas(every["prod"].chart("base"))
    assert crds.errors(manifest, schemas[manifest["apiVersion"], manifest["kind"]]) == []


def test_the_guide_shows_each_kind_that_editors_write() -> None:
    assert {each["kind"] for each in ISTIO} == {"AuthorizationPolicy", "DestinationRule", "VirtualService"}
