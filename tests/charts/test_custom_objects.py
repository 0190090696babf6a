"""Istio's objects of the stacks, against the definitions that the chart ``base`` installs."""

import copy
from typing import Any

import pytest

from tests.support.charts import crds
from tests.support.charts.crds import Kind, Schema
from tests.support.charts.deployed import Deployed
from tests.support.charts.releases import Manifest

# Defined by the chart of the AWS Load Balancer Controller.
ELSEWHERE = {("elbv2.k8s.aws/v1beta1", "TargetGroupBinding")}


@pytest.fixture(scope="module")
def schemas(every: dict[str, Deployed]) -> dict[Kind, Schema]:
    return crds.schemas(every["prod"].chart("base"))


def custom(cluster: Deployed) -> list[Manifest]:
    return [each.inputs for each in cluster.nodes if "." in group(each.inputs) and not core(each.inputs)]


def group(manifest: Manifest) -> str:
    return str(manifest["apiVersion"]).rpartition("/")[0]


def core(manifest: Manifest) -> bool:
    return group(manifest).endswith(".k8s.io")


def kind(manifest: Manifest) -> Kind:
    return manifest["apiVersion"], manifest["kind"]


def istio(cluster: Deployed, name: str) -> Manifest:
    return copy.deepcopy(next(each for each in custom(cluster) if each["kind"] == name))


def test_every_custom_kind_is_defined_by_the_chart(cluster: Deployed, schemas: dict[Kind, Schema]) -> None:
    used = {kind(each) for each in custom(cluster)}
    assert ("networking.istio.io/v1", "Gateway") in used
    assert used - schemas.keys() == ELSEWHERE


def test_every_object_has_the_fields_of_its_definition(cluster: Deployed, schemas: dict[Kind, Schema]) -> None:
    checked = [each for each in custom(cluster) if kind(each) not in ELSEWHERE]
    wrong = {f"{each['kind']} {each['metadata']['name']}": crds.errors(each, schemas[kind(each)]) for each in checked}
    assert len(checked) > 5
    assert not {name: found for name, found in wrong.items() if found}


def test_kinds_that_app_teams_use_are_installed(schemas: dict[Kind, Schema]) -> None:
    kinds = {each for _, each in schemas}
    assert {"VirtualService", "ServiceEntry", "EnvoyFilter", "RequestAuthentication", "WasmPlugin"} <= kinds


# That a wrong object would be noticed


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("Gateway", {"servers": [{"hosts": ["a/b"], "port": {"number": 80, "name": "http", "protocl": "HTTP"}}]}),
        ("Gateway", {"servers": [{"hosts": "a/b", "port": {"number": 80, "name": "http", "protocol": "HTTP"}}]}),
        ("Gateway", {"selectors": {}}),
        ("PeerAuthentication", {"mtls": {"mode": "strict"}}),
        ("AuthorizationPolicy", {"rules": [{"from": [{"source": {"principal": ["a"]}}]}]}),
        ("VirtualService", {"http": [{"retries": {"attempts": "3"}}]}),
        ("DestinationRule", {"trafficPolicy": {"outlierDetection": {"consecutive5xxError": 3}}}),
    ],
)
def test_a_field_that_does_not_exist_or_fit_is_refused(
    every: dict[str, Deployed], schemas: dict[Kind, Schema], name: str, wrong: dict[str, Any]
) -> None:
    manifest = istio(every["prod"], name)
    assert crds.errors(manifest, schemas[kind(manifest)]) == []
    manifest["spec"].update(wrong)
    assert crds.errors(manifest, schemas[kind(manifest)])
